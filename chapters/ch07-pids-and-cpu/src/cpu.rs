//! Cpu: how much processor time a group gets: at most, and in proportion to others.
//!
//! Runs in: parent, before anybody is in the group. Kernel: Documentation/admin-guide/cgroup-v2.rst, "CPU";
//! Documentation/scheduler/sched-bwc.rst. See it: `cpu.stat` of the group.

use std::str::FromStr;

use ch06::cgroup::Group;
use sys::Result;

/// `--cpus 0.5`, as Docker's: how many processors' time at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cpus {}

impl FromStr for Cpus {
    type Err = String;

    fn from_str(_text: &str) -> Result<Cpus, String> {
        Ok(Cpus {})
    }
}

/// Limit the time in each period (CFS bandwidth), if there is a limit.
pub fn limit(_group: &Group, _cpus: Option<Cpus>) -> Result<()> {
    Ok(())
}

/// Set the share that the group gets where several want all, if one is asked for. 1024 is everybody's default.
pub fn set_shares(_group: &Group, _shares: Option<u64>) -> Result<()> {
    Ok(())
}
