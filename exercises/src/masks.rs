//! Masks: what `/proc` and `/sys` tell of the host, covered, and what in them changes the host, read-only.
//!
//! Runs in: child. After: `sysfs::mount`. Kernel: proc(5), sysrq.rst.
//! See it: `cat /proc/kcore | wc -c` and `echo >/proc/sysrq-trigger`, inside.
//!
//! A PID namespace changes which *processes* `/proc` shows. The rest of it is of the one kernel that all share.

use std::path::Path;

use sys::{MsFlags, Result};

/// Covered: the host's memory, keys, timers and firmware, and how much power it uses, from which secrets can be told.
/// The list of `config.json` as Docker and Podman write it.
const MASKED: [&str; 12] = [
    "/proc/acpi",
    "/proc/asound",
    "/proc/interrupts",
    "/proc/kcore",
    "/proc/keys",
    "/proc/latency_stats",
    "/proc/sched_debug",
    "/proc/scsi",
    "/proc/timer_list",
    "/proc/timer_stats",
    "/sys/devices/virtual/powercap",
    "/sys/firmware",
];

/// Read-only: settings of the kernel, and the file that reboots the machine.
const READ_ONLY: [&str; 5] = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

/// Cover what is to be covered. What this kernel does not have needs no cover.
pub fn cover() -> Result<()> {
    // Exercise 8.3: Masks.
    // Cover each path of MASKED that exists: a directory with an empty read-only tmpfs, a file with /dev/null.
    // Make each path of READ_ONLY that exists read-only, and nothing else. Then put the line
    // `masks::cover()?;` where it belongs in stage.rs. Read: proc(5), mount_setattr(2).
    // The page: book/src/ch08-pivot-root.md. A hint: cargo run -p exercises -- hint 8.3
    not_written!("8.3")
}
