//! Memory: how much of it the processes of a group have together, and what happens to those who want more.
//!
//! Runs in: parent. `limit` before anybody is in the group, `tell_of_kills` after the end.
//! Kernel: Documentation/admin-guide/cgroup-v1/memory.rst and cgroup-v2.rst, "memory".
//! See it: `memory.events` (v2), `memory.oom_control` (v1) of the group.

use std::str::FromStr;

use sys::{Result, WaitStatus};

use crate::cgroup::Group;

/// An amount of memory in bytes, written as Docker's: `64m`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bytes(pub u64);

impl FromStr for Bytes {
    type Err = String;

    fn from_str(_text: &str) -> Result<Bytes, String> {
        Ok(Bytes(0))
    }
}

/// Limit memory and swap together, if there is a limit.
pub fn limit(_group: &Group, _limit: Option<Bytes>) -> Result<()> {
    Ok(())
}

/// Say on standard error what the OOM killer did in the group: 137 alone does not tell.
pub fn tell_of_kills(_group: &Group, _status: WaitStatus) -> Result<()> {
    Ok(())
}
