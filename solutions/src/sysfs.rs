//! Sysfs: the kernel's view of the machine and its devices, read-only.
//!
//! Runs in: child. After: `mounts::mount_proc`. Before: `rootfs::detach`.
//! Kernel: sysfs(5). See it: `ls /sys/class/net`, inside and outside.

use sys::{Errno, MsFlags, Result};

use crate::rootfs::OldRoot;

/// Not even root inside may set anything, start anything or open a device here.
const CLOSED: MsFlags =
    MsFlags::MS_NOSUID.union(MsFlags::MS_NODEV).union(MsFlags::MS_NOEXEC).union(MsFlags::MS_RDONLY);

/// Mount `/sys`. A sysfs shows the network namespace of whoever mounts it.
pub fn mount(old_root: &OldRoot) -> Result<()> {
    match sys::mount(Some("sysfs"), "/sys", Some("sysfs"), CLOSED, None) {
        Err(error) if error.errno() == Some(Errno::EPERM) => {
            sys::explain::note(
                "Only who rules over the network namespace may mount a new sysfs. With the host's network \
                 that is not us: so it is the host's /sys, read-only.",
            );
            let tree = sys::open_tree_below(&old_root.0, "sys")?;
            sys::tree_setattr_readonly(&tree)?;
            sys::move_mount(&tree, &sys::open_path("/sys")?)
        }
        mounted => mounted,
    }
}
