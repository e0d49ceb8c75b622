//! What a process may give away of its own: privileges that never come back.

use std::ffi::CStr;

use crate::{Result, call::call};

/// `prctl(PR_SET_DUMPABLE, 1)`: this process's files in /proc belong to its user again.
///
/// A process that changes its user becomes undumpable, and then `/proc/self/uid_map` belongs to root:
/// `PR_SET_DUMPABLE(2const)`, proc(5).
#[track_caller]
pub fn prctl_set_dumpable() -> Result<()> {
    call("prctl(2)", "prctl(PR_SET_DUMPABLE, 1)".into(), || nix::sys::prctl::set_dumpable(true))
}

/// `prctl(PR_SET_NAME, name)`: what ps and top call this process, up to 15 bytes.
#[track_caller]
pub fn prctl_set_name(name: &CStr) -> Result<()> {
    call("prctl(2)", format!("prctl(PR_SET_NAME, {name:?})"), || nix::sys::prctl::set_name(name))
}

/// `prctl(PR_SET_NO_NEW_PRIVS, 1)`: from here on no execve gives more privileges than there are.
#[track_caller]
pub fn prctl_set_no_new_privs() -> Result<()> {
    call("prctl(2)", "prctl(PR_SET_NO_NEW_PRIVS, 1)".into(), nix::sys::prctl::set_no_new_privs)
}
