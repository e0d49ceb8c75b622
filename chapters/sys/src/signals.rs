//! Signals.

use nix::{
    errno::Errno,
    sys::{
        signal::{SaFlags, SigAction, SigHandler, SigSet, SigmaskHow, Signal},
        signalfd::{SfdFlags, SignalFd, siginfo},
    },
    unistd::Pid,
};

use crate::{
    Result,
    call::{Outcome, call},
};

/// `kill(2)`.
#[track_caller]
pub fn kill(pid: Pid, signal: Signal) -> Result<()> {
    call("kill(2)", format!("kill({pid}, {signal})"), || nix::sys::signal::kill(pid, signal))
}

/// Block `signals` and make a descriptor that reads them: `sigprocmask(2)` and `signalfd(2)`.
#[track_caller]
pub fn signalfd(signals: &SigSet) -> Result<SignalFd> {
    call("signalfd(2)", format!("signalfd({} signals, SFD_CLOEXEC)", signals.iter().count()), || {
        nix::sys::signal::sigprocmask(SigmaskHow::SIG_BLOCK, Some(signals), None)?;
        SignalFd::with_flags(signals, SfdFlags::SFD_CLOEXEC)
    })
}

impl Outcome for SignalFd {
    fn shown(&self) -> String {
        use std::os::fd::AsRawFd;
        self.as_raw_fd().to_string()
    }
}

/// `read(2)` on a signalfd: wait for the next signal.
#[track_caller]
pub fn next_signal(descriptor: &SignalFd) -> Result<siginfo> {
    call("signalfd(2)", "read(signalfd)".into(), || {
        loop {
            match descriptor.read_signal() {
                Ok(Some(signal)) => return Ok(signal),
                Ok(None) | Err(Errno::EINTR) => {}
                Err(errno) => return Err(errno),
            }
        }
    })
}

impl Outcome for siginfo {
    fn shown(&self) -> String {
        let name = i32::try_from(self.ssi_signo).ok().and_then(|number| Signal::try_from(number).ok());
        name.map_or_else(|| self.ssi_signo.to_string(), |name| name.to_string())
    }
}

/// `sigprocmask(2)` with an empty set: no signal is blocked.
#[track_caller]
pub fn sigmask_empty() -> Result<()> {
    call("sigprocmask(2)", "sigprocmask(SIG_SETMASK, [])".into(), || {
        nix::sys::signal::sigprocmask(SigmaskHow::SIG_SETMASK, Some(&SigSet::empty()), None)
    })
}

/// `sigaction(2)` with SIG_DFL, for every signal: let each do again what signal(7) says it does.
#[track_caller]
#[allow(unsafe_code)]
pub fn restore_defaults() -> Result<()> {
    let default = SigAction::new(SigHandler::SigDfl, SaFlags::empty(), SigSet::empty());
    call("sigaction(2)", "sigaction(each signal, SIG_DFL)".into(), || {
        let fixed = [Signal::SIGKILL, Signal::SIGSTOP];
        for signal in Signal::iterator().filter(|signal| !fixed.contains(signal)) {
            // SAFETY: SIG_DFL installs no function that could run at an unsafe moment.
            unsafe { nix::sys::signal::sigaction(signal, &default) }?;
        }
        Ok(())
    })
}
