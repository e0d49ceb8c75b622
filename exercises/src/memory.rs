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
    // Exercise 6.2: A limit of memory.
    // Limit memory and swap together, if there is a limit. `cgroups_rs` writes the files: MemController.
    // `cgroup::write_by_library` makes such a call, and shows it in --explain.
    // In version 1 a file has memory and swap together, in version 2 one has swap alone.
    // Then put the line `memory::limit(&group, run.memory)?;` where it belongs in stage.rs.
    // Read: cgroup-v1/memory.rst and cgroup-v2.rst in the kernel's documentation.
    // The page: book/src/ch06-memory.md. A hint: cargo run -p exercises -- hint 6.2
    not_written!("6.2")
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
