//! The processes of a container.
//!
//! Kernel: proc_pid_status(5), pid_namespaces(7). See it: `grep NSpid /proc/PID/status`.

use crate::look::{self, Stat};

/// One process.
#[derive(Clone, Debug)]
pub struct Member {
    pub pid: i32,
    /// How far it is below the first process.
    pub depth: usize,
    pub stat: Stat,
    /// Its `status`.
    pub status: String,
}

impl Member {
    /// Bytes of memory that it has in use.
    pub fn resident(&self) -> u64 {
        let kilobytes = look::field(&self.status, "VmRSS").and_then(|text| text.strip_suffix(" kB"));
        kilobytes.and_then(|text| text.trim().parse::<u64>().ok()).unwrap_or_default() * 1024
    }
}

/// The most that are looked at: enough for any lesson, and a fork bomb must not hold up who watches it.
pub const MOST: usize = 500;

/// A process and all below it, each before its children. An orphan has the first process as its parent, so nobody is missing
/// who was born inside.
pub fn of(init: i32) -> Vec<Member> {
    let mut found = Vec::new();
    let mut ahead = vec![(init, 0)];
    while let Some((pid, depth)) = ahead.pop().filter(|_| found.len() < MOST) {
        // One that ends while we look is left out.
        let (Some(stat), Ok(status)) = (Stat::of(pid), look::text(pid, "status")) else { continue };
        let below = if stat.has_ended() { Vec::new() } else { look::children(pid) };
        ahead.extend(below.into_iter().rev().map(|child| (child, depth + 1)));
        found.push(Member { pid, depth, stat, status });
    }
    found
}
