//! The seat belt: what would change the root of the whole machine is refused before the kernel is asked.
//!
//! A runtime that is still being written may have forgotten the mount namespace. For root `pivot_root(2)` then
//! takes the root from under every process of the machine. No lesson needs that.

use std::sync::atomic::{AtomicBool, Ordering};

use nix::sched::CloneFlags;

use crate::{Error, Result};

/// Whether this process has moved, or was born, into a mount namespace of our making. A child inherits it.
static OWN_MOUNTS: AtomicBool = AtomicBool::new(false);

/// Remember what this process was born into, or has moved to.
pub(crate) fn entered(namespaces: CloneFlags) {
    if namespaces.contains(CloneFlags::CLONE_NEWNS) {
        OWN_MOUNTS.store(true, Ordering::Relaxed);
    }
}

/// Refuse `line` where it would be done to the mounts that everybody uses.
pub(crate) fn needs_own_mounts(line: &str) -> Result<()> {
    if OWN_MOUNTS.load(Ordering::Relaxed) {
        return Ok(());
    }
    Err(Error::new(format!("{line}: refused"))
        .why("this process is on the mounts of the whole machine, and it would change everybody's root")
        .remedy("Be born into a mount namespace first: CLONE_NEWNS, chapter 4."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_with_mounts_of_its_own() {
        entered(CloneFlags::CLONE_NEWUTS);
        let error = crate::pivot_root("/no/such/root", "/no/such/root").unwrap_err();
        assert!(error.errno().is_none() && error.why.is_some(), "{error}");
        let error = crate::mount(Some("x"), "/", Some("no-such-type"), nix::mount::MsFlags::empty(), None)
            .unwrap_err();
        assert!(error.errno().is_none(), "the kernel was asked: {error}");
        let error = crate::mount_setattr_readonly_alone("/").unwrap_err();
        assert!(error.errno().is_none(), "the kernel was asked: {error}");
        entered(CloneFlags::CLONE_NEWNS);
        assert!(needs_own_mounts("pivot_root").is_ok());
    }
}
