//! What a process may give away of its own: privileges that never come back.

use nix::errno::Errno;

use crate::{Result, call::call};

/// `prctl(PR_SET_DUMPABLE, 1)`: this process's files in /proc belong to its user again.
///
/// A process that changes its user becomes undumpable, and then `/proc/self/uid_map` belongs to root:
/// `PR_SET_DUMPABLE(2const)`, proc(5).
#[track_caller]
pub fn prctl_set_dumpable() -> Result<()> {
    call("PR_SET_DUMPABLE(2const)", "prctl(PR_SET_DUMPABLE, 1)".into(), || {
        nix::sys::prctl::set_dumpable(true)
    })
}

/// `prctl(PR_SET_NO_NEW_PRIVS, 1)`: from here on no execve gives more privileges than there are.
#[track_caller]
pub fn prctl_set_no_new_privs() -> Result<()> {
    call("PR_SET_NO_NEW_PRIVS(2const)", "prctl(PR_SET_NO_NEW_PRIVS, 1)".into(), || {
        nix::sys::prctl::set_no_new_privs()
    })
}

/// `prctl(PR_CAPBSET_DROP, capability)`: no execve brings `capability` back from here on.
#[track_caller]
#[allow(unsafe_code)]
pub fn prctl_capbset_drop(capability: u32) -> Result<()> {
    call("PR_CAPBSET_DROP(2const)", format!("prctl(PR_CAPBSET_DROP, {capability})"), || {
        // SAFETY: integers go in, and the kernel wants zeros for the three that have no meaning here.
        let answer = unsafe { libc::prctl(libc::PR_CAPBSET_DROP, libc::c_ulong::from(capability), 0, 0, 0) };
        Errno::result(answer).map(drop)
    })
}
