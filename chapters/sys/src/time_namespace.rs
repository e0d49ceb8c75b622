//! The time namespace, whose flag nix does not know.

use nix::errno::Errno;

use crate::{Result, call::call};

/// `unshare(CLONE_NEWTIME)`: the children of this process get clocks of their own, `time_namespaces(7)`.
#[track_caller]
#[allow(unsafe_code)]
pub fn unshare_time() -> Result<()> {
    call("unshare(2)", "unshare(CLONE_NEWTIME)".into(), || {
        // SAFETY: one integer goes in, and only children born later notice the change.
        Errno::result(unsafe { libc::unshare(libc::CLONE_NEWTIME) }).map(drop)
    })
}
