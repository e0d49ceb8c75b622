//! Cgroupfs: the container's own control groups, to look at and not to change.
//!
//! Runs in: child. After: `sysfs::mount`, which has the place for it, and `cgroup_namespace::unshare`, which decides what
//! the top is. Kernel: cgroup_namespaces(7). See it: `ls /sys/fs/cgroup`, inside and outside.

use std::path::Path;

use crate::cgroup::Controller;
use sys::{Errno, MsFlags, Result};

const GROUPS: &str = "/sys/fs/cgroup";

const PLAIN: MsFlags = MsFlags::MS_NOSUID.union(MsFlags::MS_NODEV).union(MsFlags::MS_NOEXEC);
/// Read-only, or root inside could raise his own limits.
const CLOSED: MsFlags = PLAIN.union(MsFlags::MS_RDONLY);

/// Mount them, where the kernel has any. In our cgroup namespace the container's own group is the top.
pub fn mount() -> Result<()> {
    if !Path::new(GROUPS).is_dir() {
        return Ok(());
    }
    let own = sys::read("/proc/self/cgroup")?;
    let trees = version_1(&own);
    if trees.is_empty() {
        return or_without(sys::mount(Some("cgroup2"), GROUPS, Some("cgroup2"), CLOSED, None));
    }
    sys::mount(Some("tmpfs"), GROUPS, Some("tmpfs"), PLAIN, Some("mode=755"))?; // for their folders
    for controllers in trees {
        let folder = Path::new(GROUPS).join(controllers);
        sys::mkdir(&folder)?;
        or_without(sys::mount(Some("cgroup"), &folder, Some("cgroup"), CLOSED, Some(controllers)))?;
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
