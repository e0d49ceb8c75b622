//! ptrace(2): holding another process, as a debugger does.

use nix::{errno::Errno, sys::ptrace};

use crate::{Pid, Result, call::call};

/// `ptrace(PTRACE_SEIZE)`: become the tracer of `pid`. It goes on running.
#[track_caller]
pub fn ptrace_seize(pid: Pid) -> Result<()> {
    call("ptrace(2)", format!("ptrace(PTRACE_SEIZE, {pid}, NULL, 0)"), || {
        ptrace::seize(pid, ptrace::Options::empty())
    })
}

/// `ptrace(PTRACE_INTERRUPT)`: stop `pid`, which we have seized. waitpid(2) tells when it has stopped.
#[track_caller]
pub fn ptrace_interrupt(pid: Pid) -> Result<()> {
    call("ptrace(2)", format!("ptrace(PTRACE_INTERRUPT, {pid}, NULL, NULL)"), || ptrace::interrupt(pid))
}

/// `ptrace(PTRACE_DETACH)`: let go of `pid`, which has stopped. It runs on as if nothing had been.
#[track_caller]
pub fn ptrace_detach(pid: Pid) -> Result<()> {
    call("ptrace(2)", format!("ptrace(PTRACE_DETACH, {pid}, NULL, 0)"), || ptrace::detach(pid, None))
}

/// `prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY)`: whom the kernel's other rules let trace us may do so, even if he is not
/// our parent. EINVAL where the security module Yama, which asks for this, is not there.
#[track_caller]
#[allow(unsafe_code)]
pub fn prctl_set_ptracer_any() -> Result<()> {
    call("PR_SET_PTRACER(2const)", "prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY)".into(), || {
        // SAFETY: integers go in, and the kernel keeps no address of ours.
        let answer = unsafe { libc::prctl(libc::PR_SET_PTRACER, libc::PR_SET_PTRACER_ANY, 0, 0, 0) };
        Errno::result(answer).map(drop)
    })
}
