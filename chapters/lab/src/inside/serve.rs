//! What the command reads and writes, passed on until it ends.

use std::os::fd::{AsFd, OwnedFd};

use nix::poll::{PollFd, PollFlags, PollTimeout};
use sys::{Errno, Pid, Result, SigSet, Signal, SignalFd, WaitPidFlag, WaitStatus};

use super::{Line, command::Running};
use crate::frame::{Frame, OUTPUT, UNHEARD};

/// Pass everything on until the command has ended; its exit code.
pub fn until_exit(line: &mut Line, running: &mut Running) -> Result<u8> {
    let mut sigchld = SigSet::empty();
    sigchld.add(Signal::SIGCHLD);
    let children = sys::signalfd(&sigchld)?;
    let mut pending: Vec<u8> = Vec::new();
    // It may have ended before we listened.
    if let Some(code) = bury(running.pid)? {
        return Ok(code);
    }
    line.say(&Frame::Want)?;
    loop {
        let ready = wait(line, &children, running, !pending.is_empty())?;
        if ready.output {
            pass_on(&mut running.output, line, Frame::Output)?;
        }
        if ready.errors {
            pass_on(&mut running.errors, line, Frame::Errors)?;
        }
        if ready.input {
            feed(line, running, &mut pending)?;
        }
        if ready.line {
            line.take_in()?;
        }
        while let Some(frame) = line.next()? {
            obey(frame, line, running, &mut pending)?;
        }
        if ready.child {
            sys::next_signal(&children)?;
            if let Some(code) = bury(running.pid)? {
                return Ok(code);
            }
        }
    }
}

/// What is still in the pipes. Nobody is left to write more.
pub fn rest(line: &mut Line, running: &mut Running) -> Result<()> {
    while running.output.is_some() || running.errors.is_some() {
        if line.unheard >= UNHEARD {
            let frame = line.hear()?;
            obey(frame, line, running, &mut Vec::new())?;
        } else if running.output.is_some() {
            pass_on(&mut running.output, line, Frame::Output)?;
        } else {
            pass_on(&mut running.errors, line, Frame::Errors)?;
        }
    }
    Ok(())
}

/// What poll(2) has told.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "one for each descriptor")]
struct Ready {
    line: bool,
    child: bool,
    input: bool,
    output: bool,
    errors: bool,
}

fn wait(line: &Line, children: &SignalFd, running: &Running, has_input: bool) -> Result<Ready> {
    let mut ask = vec![
        PollFd::new(line.file.as_fd(), PollFlags::POLLIN),
        PollFd::new(children.as_fd(), PollFlags::POLLIN),
    ];
    let input = running.input.as_ref().filter(|_| has_input);
    let may_speak = line.unheard < UNHEARD;
    let output = running.output.as_ref().filter(|_| may_speak);
    let errors = running.errors.as_ref().filter(|_| may_speak);
    let wanted = [(input, PollFlags::POLLOUT), (output, PollFlags::POLLIN), (errors, PollFlags::POLLIN)];
    ask.extend(
        wanted.iter().filter_map(|(descriptor, flag)| Some(PollFd::new(descriptor.as_ref()?.as_fd(), *flag))),
    );
    sys::call_by_library("poll(2)", "poll()", || nix::poll::poll(&mut ask, PollTimeout::NONE))?;
    let mut told = ask.iter().map(|descriptor| descriptor.any().unwrap_or(false));
    let mut next = |is_asked: bool| is_asked && told.next().unwrap_or(false);
    Ok(Ready {
        line: next(true),
        child: next(true),
        input: next(input.is_some()),
        output: next(output.is_some()),
        errors: next(errors.is_some()),
    })
}

/// Read once and say it; at the end, `from` is gone. A terminal that nobody has open any more says EIO.
fn pass_on(from: &mut Option<OwnedFd>, line: &mut Line, frame: fn(Vec<u8>) -> Frame) -> Result<()> {
    let Some(descriptor) = from else { return Ok(()) };
    let mut buffer = vec![0; OUTPUT];
    match nix::unistd::read(descriptor, &mut buffer) {
        Ok(0) | Err(Errno::EIO | Errno::EAGAIN) => *from = None,
        Ok(length) => {
            buffer.truncate(length);
            line.say(&frame(buffer))?;
            line.unheard += 1;
        }
        Err(errno) => return Err(std::io::Error::from(errno).into()),
    }
    Ok(())
}

/// Give the command as much of `pending` as it takes now, and ask for more when that was all.
fn feed(line: &mut Line, running: &mut Running, pending: &mut Vec<u8>) -> Result<()> {
    let Some(input) = &running.input else { return Ok(()) };
    match nix::unistd::write(input, pending) {
        Ok(length) => {
            pending.drain(..length);
        }
        Err(Errno::EAGAIN) => return Ok(()),
        Err(_) => {
            pending.clear(); // it reads no more
            running.input = None;
            return Ok(());
        }
    }
    if pending.is_empty() { line.say(&Frame::Want) } else { Ok(()) }
}

fn obey(frame: Frame, line: &mut Line, running: &mut Running, pending: &mut Vec<u8>) -> Result<()> {
    match frame {
        Frame::Heard => {
            line.unheard = line.unheard.saturating_sub(1);
            Ok(())
        }
        Frame::Input(bytes) if bytes.is_empty() && running.terminal => signal(running, Signal::SIGHUP),
        Frame::Input(bytes) if bytes.is_empty() => {
            running.input = None; // it reads the end of file
            Ok(())
        }
        Frame::Input(bytes) => {
            *pending = bytes;
            Ok(())
        }
        Frame::Size(size) => match &running.input {
            Some(terminal) if running.terminal => sys::set_window_size(terminal, size),
            _ => Ok(()),
        },
        Frame::Signal(number) => match Signal::try_from(i32::from(number)) {
            Ok(number) => signal(running, number),
            Err(_) => Ok(()),
        },
        _ => Ok(()),
    }
}

/// To the command and what it has started in its process group.
fn signal(running: &Running, signal: Signal) -> Result<()> {
    match sys::kill(Pid::from_raw(-running.pid.as_raw()), signal) {
        Err(error) if error.errno() == Some(Errno::ESRCH) => Ok(()), // it has just ended
        sent => sent,
    }
}

/// Bury every child that has died; the exit code of `command` if it was among them.
fn bury(command: Pid) -> Result<Option<u8>> {
    let mut code = None;
    loop {
        let status = match sys::waitpid(Pid::from_raw(-1), WaitPidFlag::WNOHANG) {
            Err(error) if error.errno() == Some(Errno::ECHILD) => return Ok(code),
            status => status?,
        };
        match status {
            WaitStatus::StillAlive => return Ok(code),
            WaitStatus::Exited(pid, number) if pid == command => {
                code = Some(u8::try_from(number & 0xff).unwrap_or(u8::MAX));
            }
            WaitStatus::Signaled(pid, signal, _) if pid == command => code = Some(128 + signal as u8),
            _ => {}
        }
    }
}
