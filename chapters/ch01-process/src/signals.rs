//! Signals: the runtime is the one that gets them, the command is the one they are meant for.
//!
//! Runs in: parent, after `process::clone`; `reset` in the child, before `process::exec`.
//! Kernel: signal(7), signalfd(2), pid_namespaces(7) on the signals of PID 1.
//! See it: `grep ^Sig /proc/self/status`.

use sys::{Pid, Result, SigSet, Signal, SignalFd, WaitStatus};

use crate::process::Container;

/// What is forwarded: the signals that people and service managers send.
const FORWARDED: [Signal; 8] = [
    Signal::SIGHUP,
    Signal::SIGINT,
    Signal::SIGQUIT,
    Signal::SIGTERM,
    Signal::SIGUSR1,
    Signal::SIGUSR2,
    Signal::SIGALRM,
    Signal::SIGWINCH,
];

/// `si_code` of a signal that the kernel made: for ours, a key pressed on the terminal.
const SI_KERNEL: i32 = 0x80;

/// Let no signal be blocked or ignored: what the caller ignores and blocks would survive execve, and so
/// would the SIGPIPE that every Rust program ignores.
pub fn reset() -> Result<()> {
    sys::restore_defaults()?;
    sys::sigmask_empty()
}

/// From here on keep the signals for [`forward_until_exit`]. Until here they have their default effect:
/// one that arrives earlier ends this process, and the child with it.
pub fn keep() -> Result<SignalFd> {
    let mut signals = SigSet::from_iter(FORWARDED);
    signals.add(Signal::SIGCHLD); // or the end of the child between waitpid and read is missed
    sys::signalfd(&signals)
}

/// Wait for the container, and hand every signal that comes meanwhile to it.
pub fn forward_until_exit(signals: &SignalFd, mut container: Container) -> Result<WaitStatus> {
    loop {
        let status = container.poll()?;
        if status != WaitStatus::StillAlive {
            return Ok(status);
        }
        forward_next(signals, container.pid)?;
    }
}

fn forward_next(signals: &SignalFd, pid: Pid) -> Result<()> {
    let received = sys::next_signal(signals)?;
    let Some(signal) = FORWARDED.into_iter().find(|signal| *signal as u32 == received.ssi_signo) else {
        return Ok(()); // SIGCHLD: the loop asks waitpid
    };
    if received.ssi_code != SI_KERNEL {
        sys::kill(pid, signal)?; // one from the terminal went to its whole foreground group already
    }
    if signal != Signal::SIGWINCH && kernel_would_drop(pid, signal) {
        sys::explain::note(&format!(
            "PID 1 of a PID namespace has no default action: without a handler for {signal} the kernel \
             drops it. Any other process would have ended, so this one does (chapters 3 and 13)."
        ));
        sys::kill(pid, Signal::SIGKILL)?;
    }
    Ok(())
}

/// Whether `signal` has its default action in process `pid`: not caught, not ignored, not blocked.
/// An ordinary process dies of it; from chapter 3 on the command is PID 1, and the kernel drops it.
fn kernel_would_drop(pid: Pid, signal: Signal) -> bool {
    let status = sys::read(format!("/proc/{pid}/status")).unwrap_or_default();
    let masks: Vec<u64> = ["SigBlk:", "SigIgn:", "SigCgt:"]
        .iter()
        .filter_map(|name| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            u64::from_str_radix(line.trim(), 16).ok()
        })
        .collect();
    // Without the three masks (no /proc, or the process is gone) nothing is known, so nothing is done.
    masks.len() == 3 && masks.iter().all(|mask| mask & (1 << (signal as u64 - 1)) == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_action_is_seen_in_proc() {
        let mut sleep = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let pid = Pid::from_raw(sleep.id().try_into().unwrap());
        assert!(kernel_would_drop(pid, Signal::SIGUSR2));
        sleep.kill().unwrap();
        sleep.wait().unwrap();
        // Rust ignores SIGPIPE in every program.
        assert!(!kernel_would_drop(Pid::this(), Signal::SIGPIPE));
        assert!(!kernel_would_drop(Pid::from_raw(i32::MAX), Signal::SIGTERM));
    }
}
