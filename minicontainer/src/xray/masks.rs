//! Masks: what of /proc and /sys tells of the host or changes it, and whether something lies over it.
//!
//! The unit is chapter 8's `masks.rs`. See it: `grep /proc/ /proc/self/mountinfo`.

use std::path::Path;

use serde_json::json;

use super::{
    mountinfo::{Mount, over},
    root::{Root, list},
    row::Row,
};

/// The unit keeps its lists to itself; a test compares them with these.
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
const READ_ONLY: [&str; 5] = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

/// Which of these paths this kernel has, and which of them lie open in the root of a process.
pub struct Masks {
    masked: Vec<&'static str>,
    pub bare: Vec<&'static str>,
    read_only: Vec<&'static str>,
    pub writable: Vec<&'static str>,
}

impl Masks {
    /// What this kernel has is seen in our own /proc: a cover takes no name away.
    pub fn look(root: &Root) -> Option<Masks> {
        let mounts = root.mounts.as_ref().ok()?;
        let here = |paths: &[&'static str]| -> Vec<&'static str> {
            paths.iter().copied().filter(|path| Path::new(path).exists()).collect()
        };
        let (masked, read_only) = (here(&MASKED), here(&READ_ONLY));
        // A /proc with subset=pid has none of these names.
        let open = |paths: &[&'static str], bare: fn(&[Mount], &str) -> bool| -> Vec<&'static str> {
            let there = paths.iter().copied().filter(|path| root.has(path) != Some(false));
            there.filter(|path| bare(mounts, path)).collect()
        };
        let bare = open(&masked, is_bare);
        let writable = open(&read_only, is_writable);
        Some(Masks { masked, bare, read_only, writable })
    }

    pub fn rows(masks: Option<&Masks>) -> Vec<Row> {
        let row = |id, about, parts: Option<(&Vec<&str>, &Vec<&str>)>, done: &str, open: &str| {
            let seen = parts.ok_or_else(|| "no mountinfo".to_owned());
            Row::seen(id, about, &seen, |(all, left)| {
                let count = all.len() - left.len();
                let left_open =
                    if left.is_empty() { String::new() } else { format!("; {open}: {}", list(left)) };
                let says = format!("{count} of {} {done}{left_open}", all.len());
                (says, json!({"there": all, "open": left}))
            })
        };
        vec![
            row("masked", "masked paths", masks.map(|it| (&it.masked, &it.bare)), "covered", "open"),
            row(
                "read_only",
                "read-only paths",
                masks.map(|it| (&it.read_only, &it.writable)),
                "read-only",
                "writable",
            ),
        ]
    }
}

/// Nothing lies over the path: what is seen there is the kernel's own procfs or sysfs.
fn is_bare(mounts: &[Mount], path: &str) -> bool {
    over(mounts, path).is_some_and(|mount| is_kernels(mount) && mount.point != path)
}

fn is_writable(mounts: &[Mount], path: &str) -> bool {
    over(mounts, path).is_some_and(|mount| is_kernels(mount) && !mount.read_only)
}

fn is_kernels(mount: &Mount) -> bool {
    ["proc", "sysfs"].contains(&mount.kind.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xray::mountinfo::mounts;

    #[test]
    fn the_lists_are_those_of_the_unit() {
        let unit = include_str!("../../../chapters/ch08-pivot-root/src/masks.rs");
        let quoted = unit.split('"').filter(|part| part.starts_with("/proc/") || part.starts_with("/sys/"));
        let ours: Vec<&str> = MASKED.into_iter().chain(READ_ONLY).collect();
        assert_eq!(quoted.collect::<Vec<_>>(), ours);
    }

    #[test]
    fn a_cover_is_a_mount_of_its_own() {
        let found = mounts(
            "1 0 0:1 / / rw - tmpfs tmpfs rw\n2 1 0:2 / /proc rw - proc proc rw\n\
             3 2 0:3 /null /proc/kcore rw - tmpfs tmpfs rw\n4 2 0:2 /sys /proc/sys ro - proc proc rw\n",
        );
        assert!(is_bare(&found, "/proc/keys") && !is_bare(&found, "/proc/kcore"));
        assert!(is_writable(&found, "/proc/irq") && !is_writable(&found, "/proc/sys"));
        assert!(!is_bare(&found, "/sys/firmware"), "there is no sysfs in this root");
    }
}
