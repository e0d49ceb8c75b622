//! Cgroup namespace: the container sees its own groups as the top of each tree.
//!
//! Runs in: child. After `Proceed`: the parent has put us into our groups, and what we are in at this call is
//! what becomes the top. With a flag at clone, as for the other namespaces, it would be the caller's groups.
//! Kernel: `cgroup_namespaces(7)`.
//! See it: `cat /proc/self/cgroup`, inside and outside.

use sys::{CloneFlags, Result};

/// Leave the namespace that we were born into.
pub fn unshare() -> Result<()> {
    sys::unshare(CloneFlags::CLONE_NEWCGROUP)
}
