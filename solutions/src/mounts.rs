//! Mounts: a mount table of its own, cut off from the host's.
//!
//! Runs in: child. After: `Proceed`. Before: anything that is mounted, and `process::change_directory`.
//! Kernel: mount_namespaces(7), mount(2), proc(5).
//! See it: `findmnt -o TARGET,PROPAGATION` and `ps ax`, inside and outside.

use sys::{CloneFlags, MsFlags, Result};

/// What the child is born into: a copy of the host's mount table.
pub const NAMESPACE: CloneFlags = CloneFlags::CLONE_NEWNS;

/// Cut the copy off. Under systemd every mount is *shared*: the copies tell each other what is mounted
/// and unmounted, so without this the host sees every mount below, and we see the host's.
pub fn make_private() -> Result<()> {
    sys::mount(None, "/", None, MsFlags::MS_REC | MsFlags::MS_PRIVATE, None)
}

/// Mount a new `/proc` over the old one. A procfs shows the PID namespace of whoever mounted it, for
/// ever; the one that came with the copy still shows the host's processes.
pub fn mount_proc() -> Result<()> {
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
    sys::mount(Some("proc"), "/proc", Some("proc"), flags, None)
}
