//! Cpu: how much processor time a group may have, and how much when others want it too.
//!
//! Runs in: parent. After `cgroup::create`, before anybody is in the group.
//! Kernel: Documentation/scheduler/sched-bwc.rst, and cgroup-v2.rst, "CPU".
//! See it: `cpu.stat` of the group: `nr_throttled` counts the periods in which it had to wait.

use std::{str::FromStr, thread};

use crate::cgroup::{self, Controller, Group, Version};
use cgroups_rs::cpu::CpuController;
use sys::Result;

/// The kernel hands out time in periods, in microseconds. This is how long one is if nobody says otherwise.
const PERIOD: u32 = 100_000;

/// Processors, written as Docker's: `1.5` is one and a half.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cpus(f64);

impl FromStr for Cpus {
    type Err = String;

    fn from_str(text: &str) -> Result<Cpus, String> {
        let there = thread::available_parallelism().map_or(1, usize::from);
        let most = f64::from(u16::try_from(there).unwrap_or(u16::MAX));
        match text.parse() {
            Ok(cpus) if (0.01..=most).contains(&cpus) => Ok(Cpus(cpus)),
            _ => Err(format!("a number of processors from 0.01 to {most:.2}: so many are there")),
        }
    }
}

impl Cpus {
    /// How many microseconds of each period.
    #[expect(clippy::cast_possible_truncation, reason = "it is at most 65,535 times the period")]
    fn quota(self) -> i64 {
        (self.0 * f64::from(PERIOD)).round() as i64
    }
}

/// A share of what is wanted, relative to the groups beside this one, written as Docker's: 1024 is usual.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shares(u64);

/// What the kernel takes.
const SHARES: std::ops::RangeInclusive<u64> = 2..=262_144;

impl FromStr for Shares {
    type Err = String;

    fn from_str(text: &str) -> Result<Shares, String> {
        let shares = text.parse().ok().filter(|shares| SHARES.contains(shares));
        shares.map(Shares).ok_or_else(|| {
            format!("a whole number from {} to {}; 1024 is the usual share", SHARES.start(), SHARES.end())
        })
    }
}

impl Shares {
    /// Version 2 counts from 1 to 10,000. This is how runc and crun map the one to the other, end to end.
    fn weight(self) -> u64 {
        1 + (self.0 - SHARES.start()) * 9999 / (SHARES.end() - SHARES.start())
    }
}

/// Limit the time in each period, if there is a limit. Who has used his up waits for the next one.
pub fn limit(group: &Group, cpus: Option<Cpus>) -> Result<()> {
    let Some(cpus) = cpus else { return Ok(()) };
    let (version, folder) = group.folder(Controller::Cpu)?;
    let files = CpuController::new(folder.to_owned(), version == Version::V2);
    let (file, quota) = match version {
        Version::V1 => ("cpu.cfs_quota_us", cpus.quota().to_string()), // of cpu.cfs_period_us
        Version::V2 => ("cpu.max", format!("{} {PERIOD}", cpus.quota())),
    };
    cgroup::write_by_library(&folder.join(file), quota, || files.set_cfs_quota(cpus.quota()))
}

/// Set the share, if one is asked for. It only matters while others want the processor too.
pub fn set_shares(group: &Group, shares: Option<Shares>) -> Result<()> {
    let Some(shares) = shares else { return Ok(()) };
    let (version, folder) = group.folder(Controller::Cpu)?;
    let files = CpuController::new(folder.to_owned(), version == Version::V2);
    let (file, value) = match version {
        Version::V1 => ("cpu.shares", shares.0),
        Version::V2 => ("cpu.weight", shares.weight()),
    };
    cgroup::write_by_library(&folder.join(file), value, || files.set_shares(value))
}
