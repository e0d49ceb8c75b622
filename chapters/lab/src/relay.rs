//! The relay: outside, between the line and our own terminal or pipes.

use std::{
    io::{self, IsTerminal, Write},
    os::fd::{AsFd, BorrowedFd},
    process::ExitCode,
};

use nix::poll::{PollFd, PollFlags, PollTimeout};
use sys::{Errno, Error, Result, SigSet, Signal, SignalFd, Termios};

use crate::{
    Lab,
    frame::{Frame, Frames, Job, PIECE},
    machine::Machine,
};

/// What a signal to us is to do: the command gets these.
const PASSED_ON: [Signal; 6] =
    [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP, Signal::SIGQUIT, Signal::SIGUSR1, Signal::SIGUSR2];

/// Talk to the machine until its command has ended.
pub fn run(machine: Machine, lab: &Lab) -> Result<ExitCode> {
    let mut signals: SigSet = PASSED_ON.into_iter().collect();
    signals.add(Signal::SIGWINCH);
    let signals = sys::signalfd(&signals)?; // after the machine was started, or it would have them blocked
    let has_terminal = io::stdin().is_terminal() && io::stdout().is_terminal();
    let mut relay = Relay {
        machine,
        signals,
        has_terminal,
        raw: None,
        job: None,
        wanted: false,
        ready: false,
        asked_to_end: 0,
    };
    let code = relay.until_exit(lab);
    if let Some(before) = &relay.raw {
        sys::set_attributes(io::stdin(), before)?; // before an error is printed
    }
    code.map(ExitCode::from)
}

struct Relay {
    machine: Machine,
    signals: SignalFd,
    has_terminal: bool,
    /// How our terminal was before, once it passes on what is typed as it is.
    raw: Option<Termios>,
    /// What the machine has not been told of the job, while it is being told.
    job: Option<Vec<u8>>,
    /// Whether the command inside may be given input.
    wanted: bool,
    /// Whether it was told the whole job.
    ready: bool,
    /// How often we were asked to end.
    asked_to_end: u8,
}

impl Relay {
    fn until_exit(&mut self, lab: &Lab) -> Result<u8> {
        let mut frames = Frames::default();
        let mut buffer = [0; PIECE];
        loop {
            let [line, signal, input] = self.wait()?;
            if signal && let Some(code) = self.pass_signal_on()? {
                return Ok(code);
            }
            if input {
                let length = read(io::stdin().as_fd(), &mut buffer)?;
                self.wanted = false;
                self.say(&Frame::Input(buffer[..length].to_vec()))?;
            }
            if line {
                match read(self.machine.line.as_fd(), &mut buffer)? {
                    0 => return Err(self.machine.obituary()),
                    length => frames.add(&buffer[..length]),
                }
                while let Some(frame) = frames.next()? {
                    if let Some(code) = self.hear(frame, lab)? {
                        return Ok(code);
                    }
                }
            }
        }
    }

    /// Wait until there is something on the line, a signal, or input that is wanted.
    fn wait(&self) -> Result<[bool; 3]> {
        let stdin = io::stdin();
        let mut ask = vec![
            PollFd::new(self.machine.line.as_fd(), PollFlags::POLLIN),
            PollFd::new(self.signals.as_fd(), PollFlags::POLLIN),
        ];
        if self.wanted {
            ask.push(PollFd::new(stdin.as_fd(), PollFlags::POLLIN));
        }
        sys::call_by_library("poll(2)", "poll()", || nix::poll::poll(&mut ask, PollTimeout::NONE))?;
        let told = |index: usize| ask.get(index).and_then(PollFd::any).unwrap_or(false);
        Ok([told(0), told(1), told(2)])
    }

    /// Do what a frame says; the exit code, if it was the last.
    fn hear(&mut self, frame: Frame, lab: &Lab) -> Result<Option<u8>> {
        match frame {
            Frame::Ready => {
                self.job = Some(self.job(lab)?.to_bytes());
                self.tell_job()?;
            }
            Frame::Want if self.job.is_some() => self.tell_job()?,
            Frame::Want => self.wanted = true,
            Frame::Output(bytes) => {
                write(&mut io::stdout(), &bytes)?;
                self.say(&Frame::Heard)?;
            }
            Frame::Errors(bytes) => {
                write(&mut io::stderr(), &bytes)?;
                self.say(&Frame::Heard)?;
            }
            Frame::Exit(code) => return Ok(Some(code)),
            Frame::Failed(error) => return Err(error),
            Frame::Job(_) | Frame::Heard | Frame::Input(_) | Frame::Size(_) | Frame::Signal(_) => {
                return Err(Error::new("the line to the lab: it says what only we may say"));
            }
        }
        Ok(None)
    }

    /// The next piece of the job. After the last one, which is empty, we pass on what is typed.
    fn tell_job(&mut self) -> Result<()> {
        let job = self.job.get_or_insert_default();
        let rest = job.split_off(job.len().min(PIECE));
        let piece = std::mem::replace(job, rest);
        let was_last = piece.is_empty();
        self.say(&Frame::Job(piece))?;
        if was_last {
            self.job = None;
            self.ready = true;
            if self.has_terminal {
                self.raw = Some(sys::set_raw(io::stdin())?);
            }
        }
        Ok(())
    }

    fn job(&self, lab: &Lab) -> Result<Job> {
        let terminal = if self.has_terminal { Some(sys::window_size(io::stdin())?) } else { None };
        Ok(Job {
            volumes: lab.volumes()?,
            workdir: std::env::current_dir()?,
            environment: lab.environment(),
            command: lab.command(),
            terminal,
            errors_on_terminal: terminal.is_some() && io::stderr().is_terminal(),
        })
    }

    /// A signal that came to us goes to the command. While the machine still starts it ends us, and so does the
    /// third one to end that was of no use, as docker has it.
    fn pass_signal_on(&mut self) -> Result<Option<u8>> {
        let number = u8::try_from(sys::next_signal(&self.signals)?.ssi_signo).unwrap_or_default();
        if number == Signal::SIGWINCH as u8 {
            if self.ready && self.has_terminal {
                self.say(&Frame::Size(sys::window_size(io::stdin())?))?;
            }
            return Ok(None);
        }
        self.asked_to_end += u8::from([Signal::SIGINT as u8, Signal::SIGTERM as u8].contains(&number));
        if !self.ready || self.asked_to_end == 3 {
            return Ok(Some(128 + number));
        }
        self.say(&Frame::Signal(number))?;
        Ok(None)
    }

    /// Say one thing. Whether the machine is still there shows when all that it has said was read.
    fn say(&self, frame: &Frame) -> Result<()> {
        match sys::send(&self.machine.line, &frame.encode()) {
            Err(error) if matches!(error.errno(), Some(Errno::EPIPE | Errno::ECONNRESET)) => Ok(()),
            said => said,
        }
    }
}

/// `read(2)` without a buffer of the library's. What a dead machine leaves counts as the end.
fn read(from: BorrowedFd, buffer: &mut [u8]) -> Result<usize> {
    match nix::unistd::read(from, buffer) {
        Err(Errno::ECONNRESET | Errno::EIO) => Ok(0),
        length => length.map_err(|errno| io::Error::from(errno).into()),
    }
}

fn write(to: &mut impl Write, bytes: &[u8]) -> Result<()> {
    to.write_all(bytes)?;
    Ok(to.flush()?)
}
