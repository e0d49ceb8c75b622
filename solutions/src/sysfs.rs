//! Sysfs: the kernel's view of the machine, read-only, and in it the container's own control groups.
//!
//! Runs in: child. After: `mounts::mount_proc`. Before: `rootfs::detach`.
//! Kernel: sysfs(5), cgroup_namespaces(7). See it: `ls /sys/class/net` and `ls /sys/fs/cgroup`, inside.

use std::path::Path;

use crate::cgroup::Controller;
use sys::{Errno, MsFlags, Result};

use crate::rootfs::OldRoot;

/// Not even root inside may set anything, start anything or open a device here.
const CLOSED: MsFlags = MsFlags::MS_NOSUID.union(MsFlags::MS_NODEV).union(MsFlags::MS_NOEXEC);

const GROUPS: &str = "/sys/fs/cgroup";

/// Mount `/sys`. A sysfs shows the network namespace of whoever mounts it.
pub fn mount(old_root: &OldRoot) -> Result<()> {
    match sys::mount(Some("sysfs"), "/sys", Some("sysfs"), CLOSED | MsFlags::MS_RDONLY, None) {
        Err(error) if error.errno() == Some(Errno::EPERM) => {
            sys::explain::note(
                "Only who rules over the network namespace may mount a new sysfs. With the host's network \
                 that is not us: so it is the host's /sys, read-only.",
            );
            let tree = sys::open_tree_below(&old_root.0, "sys")?;
            sys::tree_setattr_readonly(&tree)?;
            return sys::move_mount(&tree, &sys::open_path("/sys")?);
        }
        mounted => mounted?,
    }
    if Path::new(GROUPS).is_dir() { mount_groups() } else { Ok(()) }
}

/// Mount the control groups: in our cgroup namespace their top is the container's own group.
fn mount_groups() -> Result<()> {
    let own = sys::read("/proc/self/cgroup")?;
    let trees = version_1(&own);
    if trees.is_empty() {
        return or_without(sys::mount(
            Some("cgroup2"),
            GROUPS,
            Some("cgroup2"),
            CLOSED | MsFlags::MS_RDONLY,
            None,
        ));
    }
    sys::mount(Some("tmpfs"), GROUPS, Some("tmpfs"), CLOSED, Some("mode=755"))?;
    for controllers in trees {
        let folder = Path::new(GROUPS).join(controllers);
        sys::mkdir(&folder)?;
        or_without(sys::mount(
            Some("cgroup"),
            &folder,
            Some("cgroup"),
            CLOSED | MsFlags::MS_RDONLY,
            Some(controllers),
        ))?;
    }
    sys::mount_setattr_readonly_alone(GROUPS)
}

/// The controllers of each tree of version 1 in a `/proc/PID/cgroup` in which the container has a group; none where
/// all are in version 2. In the other trees it is in its caller's group, and they would show the host's.
fn version_1(own: &str) -> Vec<&str> {
    let names = own.lines().filter_map(|line| line.split(':').nth(1));
    names.filter(|names| !Controller::listed_in(names).is_empty()).collect()
}

/// In a container of somebody else's the kernel may refuse them. Only tools that look miss them.
fn or_without(mounted: Result<()>) -> Result<()> {
    match mounted {
        Err(error) if matches!(error.errno(), Some(Errno::EPERM | Errno::EBUSY)) => {
            sys::explain::note(
                "The kernel gives no view of these control groups here; the container goes without.",
            );
            Ok(())
        }
        mounted => mounted,
    }
}
