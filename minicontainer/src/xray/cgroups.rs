//! Control groups: where the process is, and what limits it there. A limit counts for all groups below its own, so the
//! lowest one on the way up is the one that holds.
//!
//! Kernel: cgroups(7), cgroup-v2.rst, cgroup-v1/memory.rst. See it: `cat /proc/self/cgroup`.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::{
    look::{Process, Seen},
    row::Row,
};
use crate::doctor::{
    cgroups::{self, Hierarchy, Version},
    look,
};

/// Version 1 writes "no limit" as the largest number of pages that there is, in bytes.
const NO_LIMIT: u64 = 1 << 60;

/// The limits that hold for a process. An error: no hierarchy with that controller is mounted where we are, or the
/// group is not below what we see of it.
pub struct Limits {
    group: Seen<String>,
    /// Whether we see all groups: in a cgroup namespace those further up are hidden, and with them their limits.
    pub seen_whole: bool,
    /// Limit and use, in bytes.
    pub memory: Seen<(Option<u64>, Option<u64>)>,
    pub pids: Seen<(Option<u64>, Option<u64>)>,
    /// Thousandths of a processor, and the share or weight in the words of the version.
    pub cpu: Seen<(Option<u64>, String)>,
}

impl Limits {
    pub fn look(process: &Process, seen_whole: bool) -> Limits {
        let mounts = look::text("/proc/self/mountinfo").unwrap_or_default();
        let text = process.text("cgroup");
        let found = cgroups::hierarchies_with_controllers(&mounts, text.as_deref().unwrap_or_default());
        let count = |controller: &str, [limit, usage]: [&str; 2], [limit1, usage1]: [&str; 2]| {
            let (own, hierarchy) = group(&found, controller)?;
            let (limit, usage) =
                if hierarchy.version == Version::V2 { (limit, usage) } else { (limit1, usage1) };
            Ok((
                lowest(own, &hierarchy.mount, |folder| number(&folder.join(limit))),
                number(&own.join(usage)),
            ))
        };
        let pids = ["pids.max", "pids.current"];
        Limits {
            group: text.map(|text| shown(&text)),
            seen_whole,
            memory: count(
                "memory",
                ["memory.max", "memory.current"],
                ["memory.limit_in_bytes", "memory.usage_in_bytes"],
            ),
            pids: count("pids", pids, pids),
            cpu: group(&found, "cpu").map(|(own, hierarchy)| cpu(own, hierarchy)),
        }
    }

    pub fn rows(&self) -> Vec<Row> {
        let none = |what: &str| format!("no {what}{}", if self.seen_whole { "" } else { " seen from here" });
        let amount = |pair: &(Option<u64>, Option<u64>), show: fn(u64) -> String| {
            let usage = pair.1.map_or_else(String::new, |usage| format!(", {} in use", show(usage)));
            let limit = pair.0.map_or_else(|| none("limit"), |limit| format!("limit {}", show(limit)));
            (format!("{limit}{usage}"), json!({"limit": pair.0, "usage": pair.1}))
        };
        let cpu = |(thousandths, share): &(Option<u64>, String)| {
            let quota = thousandths.map_or_else(
                || none("quota"),
                |it| format!("at most {}.{:03} processors", it / 1000, it % 1000),
            );
            (format!("{quota}, {share}"), json!({"thousandths": thousandths, "share": share}))
        };
        let limits = [
            Row::seen("limit.memory", "memory", &self.memory, |pair| amount(pair, bytes)),
            Row::seen("limit.pids", "pids", &self.pids, |pair| amount(pair, |count| count.to_string())),
            Row::seen("limit.cpu", "cpu", &self.cpu, cpu),
        ];
        let group = Row::seen("cgroup", "group", &self.group, |group| (group.clone(), json!(group)));
        [group].into_iter().chain(limits).collect()
    }
}

/// The group of the process in the hierarchy of a controller.
fn group<'a>(found: &'a [Hierarchy], controller: &str) -> Seen<(&'a Path, &'a Hierarchy)> {
    let hierarchy = cgroups::with(found, controller)
        .ok_or_else(|| format!("no controller {controller} is mounted here"))?;
    let own = hierarchy.own.as_deref().filter(|own| own.exists());
    Ok((own.ok_or("its group is not below ours")?, hierarchy))
}

/// Quota and share: cpu.max says `50000 100000`, or `max 100000`; version 1 has two files, and -1.
fn cpu(own: &Path, hierarchy: &Hierarchy) -> (Option<u64>, String) {
    let text = |path: PathBuf| look::text(&path.to_string_lossy()).unwrap_or_default();
    let v2 = hierarchy.version == Version::V2;
    let quota = |folder: &Path| {
        let line = if v2 {
            text(folder.join("cpu.max"))
        } else {
            text(folder.join("cpu.cfs_quota_us")) + " " + &text(folder.join("cpu.cfs_period_us"))
        };
        thousandths(&line)
    };
    let (name, file) = if v2 { ("weight", "cpu.weight") } else { ("shares", "cpu.shares") };
    let share = match text(own.join(file)).trim() {
        "" => format!("no {name}"),
        some => format!("{name} {some}"),
    };
    (lowest(own, &hierarchy.mount, quota), share)
}

fn thousandths(line: &str) -> Option<u64> {
    let numbers: Vec<u64> = line.split_whitespace().map_while(|word| word.parse().ok()).collect();
    let [quota, period] = numbers[..] else { return None };
    (quota * 1000).checked_div(period)
}

/// The lowest limit from a group up to where its hierarchy is mounted.
fn lowest(own: &Path, mount: &Path, limit: impl Fn(&Path) -> Option<u64>) -> Option<u64> {
    own.ancestors().take_while(|folder| folder.starts_with(mount)).filter_map(limit).min()
}

/// A limit or a use; none for `max`, and for the largest number of version 1.
fn number(file: &Path) -> Option<u64> {
    let text = look::text(&file.to_string_lossy())?;
    text.trim().parse().ok().filter(|number| *number < NO_LIMIT)
}

fn bytes(count: u64) -> String {
    let units = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    let unit = units.into_iter().find(|(size, _)| count >= *size);
    unit.map_or_else(
        || format!("{count} bytes"),
        |(size, name)| format!("{}.{} {name}", count / size, count % size * 10 / size),
    )
}

/// The groups, without those hierarchies in which it is in the root group.
fn shown(cgroup: &str) -> String {
    let own = cgroup.lines().filter_map(|line| {
        let [_, names, path] = line.splitn(3, ':').collect::<Vec<_>>()[..] else { return None };
        (path != "/").then(|| if names.is_empty() { path.to_owned() } else { format!("{names}:{path}") })
    });
    match own.collect::<Vec<_>>().join(" ") {
        none if none.is_empty() => "/".into(),
        some => some,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_and_amounts() {
        assert_eq!(shown("5:pids:/\n4:memory:/docker/1\n0::/\n"), "memory:/docker/1");
        assert_eq!(shown("0::/user.slice\n"), "/user.slice");
        assert_eq!(shown("0::/\n"), "/");
        assert_eq!(bytes(64 << 20), "64.0 MiB");
        assert_eq!(bytes(1700), "1.6 KiB");
        assert_eq!(thousandths("50000 100000\n"), Some(500));
        assert_eq!(thousandths("max 100000\n"), None);
        assert_eq!(thousandths("-1\n 100000\n"), None);
    }

    #[test]
    fn the_lowest_limit_on_the_way_up_holds() {
        let limit = |folder: &Path| match folder.to_str() {
            Some("/g/a/b") => Some(5),
            Some("/g/a") => Some(3),
            Some("/") => Some(1), // above the mount
            _ => None,
        };
        assert_eq!(lowest(Path::new("/g/a/b"), Path::new("/g"), limit), Some(3));
        assert_eq!(lowest(Path::new("/g"), Path::new("/g"), limit), None);
    }
}
