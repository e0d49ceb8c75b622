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
    // Exercise 1.3: Signals back to their defaults.
    // Let no signal be ignored and none be blocked when the command starts.
    // Then put the line `signals::reset()?;` where it belongs in stage.rs.
    // Read: signal(7), sigaction(2), sigprocmask(2), and in execve(2) what survives it.
    // The page: book/src/ch01-process.md. A hint: cargo run -p exercises -- hint 1.3
    not_written!("1.3")
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
    let dropped = signal != Signal::SIGWINCH && kernel_would_drop(pid, signal); // asked before it changes
    if received.ssi_code != SI_KERNEL {
        sys::kill(pid, signal)?; // one from the terminal went to its whole foreground group already
    }
    if dropped {
        sys::explain::note(&format!(
            "PID 1 of a PID namespace has no default action: without a handler for {signal} the kernel \
             drops it. Any other process would have ended, so this one does (chapters 3 and 13)."
        ));
        sys::kill(pid, Signal::SIGKILL)?;
    }
    Ok(())
}

/// Whether the kernel drops `signal` for process `pid`, which any other process would die of: from
/// chapter 3 on the command is PID 1 of its namespace, and a PID 1 has no default actions.
fn kernel_would_drop(pid: Pid, signal: Signal) -> bool {
    // Without /proc nothing is known, so nothing is done.
    let status = sys::read(format!("/proc/{pid}/status")).unwrap_or_default();
    is_pid_1(&status) && has_default_action(&status, signal)
}

/// Whether a `/proc/PID/status` is that of a PID 1: the last number of NSpid is the one in its own namespace.
fn is_pid_1(status: &str) -> bool {
    let numbers = status.lines().find_map(|line| line.strip_prefix("NSpid:")).unwrap_or_default();
    numbers.split_whitespace().next_back() == Some("1")
}

/// Whether `signal` is neither blocked, nor ignored, nor caught: it is in none of the three masks.
fn has_default_action(status: &str, signal: Signal) -> bool {
    // Exercise 3.2: A signal that PID 1 would not get.
    // Say from the text of a /proc/PID/status whether `signal` has its default action: it is neither
    // blocked (SigBlk), nor ignored (SigIgn), nor caught (SigCgt). For a PID 1 the kernel drops such a
    // signal, and the runtime has to end the command itself. The masks are hexadecimal; signal n is bit
    // n - 1. Read: proc_pid_status(5), pid_namespaces(7).
    // The page: book/src/ch03-pid-namespace.md. A hint: cargo run -p exercises -- hint 3.2
    not_written!("3.2", false)
}
