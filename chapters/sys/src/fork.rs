//! A copy of this process with no new namespaces, for trying something out in it.

use nix::{
    sys::signal::{SigSet, SigmaskHow, Signal},
    unistd::{ForkResult, fork as nix_fork},
};

use crate::{Result, Side, call::call, explain};

/// `fork(2)`. Unlike clone3 it also works where a seccomp filter hides clone3, as Docker's does.
#[track_caller]
#[allow(unsafe_code)]
pub fn fork() -> Result<ForkResult> {
    call("fork(2)", "fork()".into(), || {
        // SAFETY: the child has only the calling thread, so a lock that another thread holds stays
        // locked in it for ever. This program has one thread when it calls this, and for a test
        // harness with several the C library keeps its own locks usable across fork.
        let result = unsafe { nix_fork() }?;
        if result.is_child() {
            explain::set_side(Side::Child);
        }
        Ok(result)
    })
}

/// `alarm(2)`: the kernel sends this process SIGALRM, which ends it, after so many seconds.
#[track_caller]
pub fn alarm(seconds: u32) -> Result<()> {
    call("alarm(2)", format!("alarm({seconds})"), || {
        nix::unistd::alarm::set(seconds);
        Ok(())
    })
}

/// `sigprocmask(2)` with `SIG_SETMASK`: exactly `signals` wait until they are let through again.
#[track_caller]
pub fn sigmask_set(signals: &[Signal]) -> Result<()> {
    let names: Vec<&str> = signals.iter().map(|signal| signal.as_str()).collect();
    call("sigprocmask(2)", format!("sigprocmask(SIG_SETMASK, [{}])", names.join(" ")), || {
        let signals: SigSet = signals.iter().copied().collect();
        nix::sys::signal::sigprocmask(SigmaskHow::SIG_SETMASK, Some(&signals), None)
    })
}
