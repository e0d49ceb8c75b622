//! The seat belt: what would change the root of the whole machine is refused before the kernel is asked.
//!
//! A runtime that is still being written may have forgotten the mount namespace. For root `pivot_root(2)` then
//! takes the root from under every process of the machine. No lesson needs that.

use std::sync::atomic::{AtomicI32, Ordering};

use nix::sched::CloneFlags;

use crate::{Error, Result};

/// The namespaces of our making into which this process has moved, or was born. A child inherits them.
static OWN: AtomicI32 = AtomicI32::new(0);

/// Remember what this process was born into, or has moved to.
pub(crate) fn entered(namespaces: CloneFlags) {
    OWN.fetch_or(namespaces.bits(), Ordering::Relaxed);
}

/// Whether this process is in namespaces of our making, all of these.
pub(crate) fn has_own(namespaces: CloneFlags) -> bool {
    CloneFlags::from_bits_truncate(OWN.load(Ordering::Relaxed)).contains(namespaces)
}

/// Refuse `line` where it would be done to the mounts that everybody uses.
pub(crate) fn needs_own_mounts(line: &str) -> Result<()> {
    if has_own(CloneFlags::CLONE_NEWNS) {
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
