//! Pids: how many processes and threads a group may have at once.
//!
//! Runs in: parent. After `cgroup::create`, before anybody is in the group.
//! Kernel: Documentation/admin-guide/cgroup-v1/pids.rst, and cgroup-v2.rst, "PID".
//! See it: `pids.current` and `pids.events` of the group.

use std::str::FromStr;

use crate::cgroup::{self, Controller, Group, Version};
use cgroups_rs::{MaxValue, pid::PidController};
use sys::Result;

/// A number of processes, threads counted, or no limit; written as Docker's: `100`, `-1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit(Option<u32>);

impl FromStr for Limit {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Limit, &'static str> {
        match text.parse::<i64>().map(u32::try_from) {
            Ok(Ok(number)) if number > 0 => Ok(Limit(Some(number))),
            // Docker takes 0 for no limit as well. In the kernel's file it would mean: nobody at all.
            Ok(_) if ["-1", "0"].contains(&text) => Ok(Limit(None)),
            _ => Err("a number of processes, such as 100, or -1 for no limit"),
        }
    }
}

/// Limit the number of processes, if there is a limit. The next `fork(2)` beyond it says EAGAIN.
pub fn limit(group: &Group, limit: Option<Limit>) -> Result<()> {
    let Some(Limit(Some(number))) = limit else { return Ok(()) };
    let (version, folder) = group.folder(Controller::Pids)?;
    let files = PidController::new(folder.to_owned(), version == Version::V2);
    let max = MaxValue::Value(number.into());
    cgroup::write_by_library(&folder.join("pids.max"), number, || files.set_pid_max(max))
}
