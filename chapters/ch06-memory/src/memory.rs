//! Memory: how much of it the processes of a group have together, and what happens to those who want more.
//!
//! Runs in: parent. `limit` after `cgroup::create`, before anybody is in it; `tell_of_kills` after the end.
//! Kernel: Documentation/admin-guide/cgroup-v1/memory.rst, and cgroup-v2.rst, "Memory".
//! See it: `memory.events` (version 2), `memory.oom_control` (version 1) of the group.
//!
//! The limits are written by the crate cgroups-rs, which knows the names of the files in both versions. What
//! happened is read from the files themselves: the crate takes one that it cannot read for a zero.
//! It is at 0.3, because 0.5 draws in D-Bus and an async runtime for something that is four lines here.

use std::{fmt, str::FromStr};

use cgroups_rs::memory::MemController;
use sys::{Result, Signal, WaitStatus};

use crate::cgroup::{self, Controller, Group, Version};

/// An amount of memory in bytes, written as Docker's: `64m`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bytes(pub u64);

/// Docker refuses less too: what is to become the command needs some pages before it can run anything.
const LEAST: Bytes = Bytes(6 << 20);

impl FromStr for Bytes {
    type Err = String;

    fn from_str(text: &str) -> Result<Bytes, String> {
        let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (number, unit) = text.split_at(digits);
        let shift = match unit.to_ascii_lowercase().as_str() {
            "" | "b" => 0,
            "k" | "kb" | "kib" => 10,
            "m" | "mb" | "mib" => 20,
            "g" | "gb" | "gib" => 30,
            _ => return Err(format!("{unit:?} is no unit: b, k, m or g after a whole number, such as 64m")),
        };
        let number: u64 = number.parse().map_err(|_| "a whole number and a unit, such as 64m".to_owned())?;
        let bytes = number.checked_mul(1 << shift).filter(|bytes| i64::try_from(*bytes).is_ok());
        match bytes.map(Bytes).ok_or("more than the kernel can count")? {
            Bytes(bytes) if bytes < LEAST.0 => {
                Err(format!("at least 6m, as in Docker: {bytes} bytes start nothing"))
            }
            enough => Ok(enough),
        }
    }
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        #[expect(clippy::cast_precision_loss, reason = "it is rounded to a tenth anyway")]
        let mebibytes = self.0 as f64 / f64::from(1 << 20);
        if self.0.is_multiple_of(1 << 20) {
            write!(f, "{mebibytes} MiB")
        } else {
            write!(f, "{mebibytes:.1} MiB")
        }
    }
}

/// Limit memory and swap together, if there is a limit. Without the second one, what is too much would go to
/// the disk instead.
pub fn limit(group: &Group, limit: Option<Bytes>) -> Result<()> {
    let Some(Bytes(limit)) = limit else { return Ok(()) };
    let (version, folder) = group.folder(Controller::Memory)?;
    let files = MemController::new(folder.to_owned(), version == Version::V2);
    let bytes = i64::try_from(limit).unwrap_or(i64::MAX);
    let (memory, swap, swapped) = match version {
        Version::V1 => ("memory.limit_in_bytes", "memory.memsw.limit_in_bytes", bytes), // both together
        Version::V2 => ("memory.max", "memory.swap.max", 0),                            // swap alone
    };
    cgroup::write_by_library(&folder.join(memory), bytes, || files.set_limit(bytes))?; // first: memsw may not be below it
    if !folder.join(swap).exists() {
        sys::explain::note("This kernel does not count swap: what is too much may go to the disk instead.");
        return Ok(());
    }
    cgroup::write_by_library(&folder.join(swap), swapped, || files.set_memswap_limit(swapped))
}

/// Say on standard error what the OOM killer did in the group: 137 alone does not tell.
pub fn tell_of_kills(group: &Group, status: WaitStatus) -> Result<()> {
    let Some((version, folder)) = group.find(Controller::Memory) else { return Ok(()) };
    let (events, limit, peak) = match version {
        Version::V1 => ("memory.oom_control", "memory.limit_in_bytes", "memory.max_usage_in_bytes"),
        Version::V2 => ("memory.events", "memory.max", "memory.peak"),
    };
    let kills = kills(&sys::read(folder.join(events))?);
    if kills > 0 {
        let limit = bytes(&sys::read(folder.join(limit))?);
        // Version 2 has the peak since Linux 5.19.
        let peak = folder.join(peak).exists().then(|| sys::read(folder.join(peak))).transpose()?;
        cli::tell(&report(status, kills, limit, peak.and_then(|peak| bytes(&peak))));
    }
    Ok(())
}

/// How many processes of a group the OOM killer took, by the text of its events.
fn kills(events: &str) -> u64 {
    let count = events.lines().find_map(|line| line.strip_prefix("oom_kill "));
    count.and_then(|count| count.trim().parse().ok()).unwrap_or_default()
}

/// The number in a file. No limit is `max` in version 2, and in version 1 the greatest number of whole pages.
fn bytes(text: &str) -> Option<Bytes> {
    text.trim().parse().ok().filter(|bytes| *bytes < 1 << 62).map(Bytes)
}

fn report(status: WaitStatus, kills: u64, limit: Option<Bytes>, peak: Option<Bytes>) -> String {
    let killed = matches!(status, WaitStatus::Signaled(_, Signal::SIGKILL, _) | WaitStatus::Exited(_, 137));
    let limit = match limit {
        Some(limit) => format!("at {limit}"),
        None => "without a limit of its own: the machine had no more".to_owned(),
    };
    let peak = peak.map(|peak| format!(", peak {peak}")).unwrap_or_default();
    let counts = format!("(oom_kill {kills}{peak})");
    if killed {
        format!("killed by the OOM killer {limit} {counts}")
    } else {
        format!("the OOM killer took a process of it {limit}, and the command went on {counts}")
    }
}

#[cfg(test)]
mod tests {
    use sys::Pid;

    use super::*;

    #[test]
    fn sizes_are_dockers() {
        for (text, bytes) in [("64m", 64 << 20), ("64MB", 64 << 20), ("1GiB", 1 << 30), ("8192k", 8 << 20)] {
            assert_eq!(text.parse(), Ok(Bytes(bytes)), "{text}");
        }
        assert_eq!("67108864".parse(), Ok(Bytes(64 << 20)));
        assert_eq!("67108864B".parse(), Ok(Bytes(64 << 20)));
        for wrong in ["", "m", "64x", "-1", "64 m", "1.5g", "0", "64", "5m", "99999999999g", "6m6"] {
            assert!(wrong.parse::<Bytes>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn events_are_read_in_both_versions() {
        assert_eq!(kills("oom_kill_disable 0\nunder_oom 0\noom_kill 3\n"), 3);
        assert_eq!(kills("low 0\nhigh 0\nmax 25\noom 1\noom_kill 1\noom_group_kill 0\n"), 1);
        assert_eq!(bytes("max\n"), None);
        assert_eq!(bytes("9223372036854771712\n"), None);
    }

    #[test]
    fn the_report_says_who_it_was() {
        let (pid, size) = (Pid::from_raw(9), Some(Bytes(64 << 20)));
        assert_eq!(
            report(WaitStatus::Signaled(pid, Signal::SIGKILL, false), 1, size, Some(Bytes(67_000_000))),
            "killed by the OOM killer at 64 MiB (oom_kill 1, peak 63.9 MiB)"
        );
        assert_eq!(
            report(WaitStatus::Exited(pid, 0), 2, size, None),
            "the OOM killer took a process of it at 64 MiB, and the command went on (oom_kill 2)"
        );
    }
}
