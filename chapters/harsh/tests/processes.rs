//! Harsh programs that start, kill and leave processes.

use std::{
    io::Write,
    time::{Duration, Instant},
};

use nix::sys::ptrace;
use sys::{ForkResult, Pid, Result, Signal};

use crate::{
    LIFE_SPAN,
    diary::{HOLE, must_fail, note},
};

/// More than any fence should let us have, and few enough for any machine.
const FORKS: usize = 5000;

/// Fork for three seconds, whatever the kernel says. Only we fork, so that it is a line and no tree.
pub fn fork_without_end() -> Result<()> {
    let end = Instant::now() + Duration::from_secs(3);
    let mut children = 0;
    let mut refusal = None;
    while children < FORKS && Instant::now() < end {
        match sys::fork() {
            Ok(ForkResult::Child) => sleep_unseen(),
            Ok(ForkResult::Parent { .. }) => children += 1,
            Err(error) => refusal = Some(error),
        }
    }
    match refusal {
        Some(error) => must_fail(&format!("{children} children, and one more"), &Err::<(), _>(error)),
        None if children == FORKS => println!("{HOLE}: {children} children"),
        None => println!("{children} children in three seconds, which is no answer"),
    }
    sys::kill(Pid::from_raw(-1), Signal::SIGKILL)
}

/// Sleep until the alarm; the alarm of the parent is not the child's.
fn sleep_unseen() -> ! {
    sys::alarm(LIFE_SPAN).ok();
    std::thread::sleep(Duration::from_secs(LIFE_SPAN.into()));
    sys::exit_now(0)
}

/// Be deaf to every signal that one can be deaf to, and stay.
pub fn ignore_signals() -> Result<()> {
    let deaf: Vec<Signal> = Signal::iterator().filter(|signal| *signal != Signal::SIGALRM).collect();
    sys::sigmask_set(&deaf)?;
    println!("ready"); // the check waits for a word and then sends SIGTERM
    std::thread::sleep(Duration::from_secs(LIFE_SPAN.into()));
    Ok(())
}

/// Kill all processes that the kernel lets us kill, and PID 1 with every signal there is.
pub fn kill_everything() -> Result<()> {
    for signal in Signal::iterator() {
        note("PID 1", &sys::kill(Pid::from_raw(1), signal));
    }
    note("everybody", &sys::kill(Pid::from_raw(-1), Signal::SIGKILL));
    note("the parent", &sys::kill(Pid::parent(), Signal::SIGKILL));
    kill_group(Signal::SIGKILL)
}

/// Stop everybody, PID 1, the parent, and ourselves.
pub fn stop_everything() -> Result<()> {
    for pid in [-1, 1, Pid::parent().as_raw()] {
        note(&pid.to_string(), &sys::kill(Pid::from_raw(pid), Signal::SIGSTOP));
    }
    kill_group(Signal::SIGSTOP)
}

/// kill(0) goes to the whole process group, and no PID namespace stops it.
fn kill_group(signal: Signal) -> Result<()> {
    // The number of a group is 0 when its leader is outside of the PID namespace: the test suite, the
    // shell that started it. Then we know enough.
    if nix::unistd::getpgrp().as_raw() == 0 {
        println!("{HOLE}: our process group is the host's");
        return Ok(());
    }
    std::io::stdout().flush()?;
    sys::kill(Pid::from_raw(0), signal)
}

/// Leave processes behind, each in a session of its own, with the standard streams open.
pub fn leave_daemons() -> Result<()> {
    for _ in 0..5 {
        if let ForkResult::Child = sys::fork()? {
            nix::unistd::setsid().ok();
            match sys::fork() {
                Ok(ForkResult::Child) => {
                    sys::sigmask_set(&[Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP]).ok();
                    sleep_unseen()
                }
                _ => sys::exit_now(0),
            }
        }
    }
    Ok(())
}

/// Write to both streams for as long as somebody reads.
pub fn print_without_end() -> Result<()> {
    let line = vec![b'y'; 1 << 16];
    if let ForkResult::Child = sys::fork()? {
        sys::alarm(LIFE_SPAN)?;
        while std::io::stderr().write_all(&line).is_ok() {}
        sys::exit_now(0)
    }
    while std::io::stdout().write_all(&line).is_ok() {}
    Ok(())
}

/// Take hold of the process that judges us, PID 1, and of its way to the suite.
pub fn bribe_the_judge() -> Result<()> {
    for file in ["mem", "fd/1", "fd/2"] {
        let path = format!("/proc/1/{file}");
        must_fail(&path, &fs_err::OpenOptions::new().write(true).open(&path));
    }
    must_fail("environment", &fs_err::read("/proc/1/environ"));
    // It is let go when we end.
    must_fail("ptrace", &ptrace::seize(Pid::from_raw(1), ptrace::Options::empty()));
    Ok(())
}
