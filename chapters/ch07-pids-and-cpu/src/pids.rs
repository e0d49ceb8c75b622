//! Pids: how many processes and threads a group may have.
//!
//! Runs in: parent, before anybody is in the group. Kernel: Documentation/admin-guide/cgroup-v2.rst, "PID".
//! See it: `pids.max`, `pids.current` and `pids.events` of the group.

use ch06::cgroup::Group;
use sys::Result;

/// Limit the number of processes and threads, if there is a limit.
pub fn limit(_group: &Group, _limit: Option<u32>) -> Result<()> {
    Ok(())
}
