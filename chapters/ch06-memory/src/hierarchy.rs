//! Hierarchy: the tree of the control groups of a controller, and the way from its top down to our own group.
//!
//! Runs in: parent. Before: `cgroup::create`.
//! Kernel: cgroups(7), proc_pid_mountinfo(5), proc_pid_cgroup(5).
//! See it: `grep cgroup /proc/self/mountinfo` and `cat /proc/self/cgroup`.

use std::path::{Component, Path, PathBuf};

use sys::{Errno, Result};

/// The two versions. Version 1 has a tree for each controller, version 2 one tree for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// A folder below the mount of one controller.
    V1,
    /// A folder below the one mount.
    V2,
}

/// A part of the kernel that limits something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Controller {
    /// How much memory.
    Memory,
    /// How many processes.
    Pids,
    /// How much processor time.
    Cpu,
}

impl Controller {
    /// All that this course uses.
    pub const ALL: [Controller; 3] = [Controller::Memory, Controller::Pids, Controller::Cpu];

    /// The kernel's name for it.
    pub fn name(self) -> &'static str {
        match self {
            Controller::Memory => "memory",
            Controller::Pids => "pids",
            Controller::Cpu => "cpu",
        }
    }

    /// Those in a list of the kernel's, whose names stand between commas or spaces.
    pub fn listed_in(list: &str) -> Vec<Controller> {
        let names: Vec<&str> = list.split([',', ' ', '\n']).collect();
        Controller::ALL.into_iter().filter(|controller| names.contains(&controller.name())).collect()
    }
}

/// One tree of groups, mounted here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hierarchy {
    /// How its files are called, and what holds in it.
    pub version: Version,
    /// Which of our controllers are in it.
    pub controllers: Vec<Controller>,
    /// The groups from the topmost that is visible here down to the one that this process is in.
    pub way: Vec<PathBuf>,
}

/// Every hierarchy that has a controller for us. A machine may have both versions (systemd calls it hybrid):
/// each controller is in one of them only.
pub fn all() -> Result<Vec<Hierarchy>> {
    let mut found = parse(&sys::read("/proc/self/mountinfo")?, &sys::read("/proc/self/cgroup")?);
    for hierarchy in found.iter_mut().filter(|hierarchy| hierarchy.version == Version::V2) {
        // The mount options name them in version 1 only. A mount that another one covers names none.
        hierarchy.controllers = match sys::read(hierarchy.way[0].join("cgroup.controllers")) {
            Err(error) if error.errno() == Some(Errno::ENOENT) => Vec::new(),
            list => Controller::listed_in(&list?),
        };
    }
    found.retain(|hierarchy| !hierarchy.controllers.is_empty());
    Ok(found)
}

/// The hierarchies in the text of `/proc/self/mountinfo`, each once; `own` is that of `/proc/self/cgroup`.
fn parse(mountinfo: &str, own: &str) -> Vec<Hierarchy> {
    let mut found: Vec<Hierarchy> = Vec::new();
    for line in mountinfo.lines() {
        let Some((mount, filesystem)) = line.split_once(" - ") else { continue };
        let [_, _, _, root, top, ..] = mount.split(' ').collect::<Vec<_>>()[..] else { continue };
        let [kind, _, options] = filesystem.splitn(3, ' ').collect::<Vec<_>>()[..] else { continue };
        let (version, controllers) = match kind {
            "cgroup" => (Version::V1, Controller::listed_in(options)),
            // Above our cgroup namespace version 2 lets nobody move a process, though he may make groups there.
            "cgroup2" if root.starts_with("/..") => continue,
            "cgroup2" => (Version::V2, Vec::new()),
            _ => continue,
        };
        let is_new = |found: &[Hierarchy]| {
            !found.iter().any(|other| other.version == version && other.controllers == controllers)
        };
        if is_new(&found) {
            let way = way(Path::new(top), Path::new(root), own_group(own, &controllers));
            found.push(Hierarchy { version, controllers, way });
        }
    }
    found
}

/// This process's group in the hierarchy of `controllers`; version 2's line names none.
fn own_group<'a>(own: &'a str, controllers: &[Controller]) -> &'a Path {
    let path = own.lines().find_map(|line| {
        let [_, names, path] = line.splitn(3, ':').collect::<Vec<_>>()[..] else { return None };
        let is_it = match controllers.first() {
            Some(controller) => names.split(',').any(|name| name == controller.name()),
            None => names.is_empty(),
        };
        is_it.then_some(path)
    });
    Path::new(path.unwrap_or("/"))
}

/// The folders from `top` down to the group `own`, where `top` shows the group `root` of the hierarchy.
fn way(top: &Path, root: &Path, own: &Path) -> Vec<PathBuf> {
    let mut way = vec![top.to_owned()];
    // In a container our own group may be outside of what is mounted; then there is only the top.
    let below = own.strip_prefix(root).unwrap_or(Path::new(""));
    if below.components().all(|part| matches!(part, Component::Normal(_))) {
        for part in below {
            way.push(way[way.len() - 1].join(part));
        }
    }
    way
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(hierarchy: &Hierarchy) -> Vec<&str> {
        hierarchy.way.iter().filter_map(|path| path.to_str()).collect()
    }

    #[test]
    fn version_1_has_a_tree_for_each_controller() {
        let mounts = "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n\
                      32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw shared:9 - cgroup cgroup rw,cpu,cpuacct\n\
                      50 35 0:32 /a /sys/fs/cgroup/memory/a rw - cgroup cgroup rw,memory\n\
                      37 31 0:34 / /sys/fs/cgroup/freezer rw - cgroup cgroup rw,freezer\n\
                      38 31 0:35 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";
        let found = parse(mounts, "4:memory:/a/b\n2:cpu,cpuacct:/\n3:freezer:/x\n0::/\n");
        assert_eq!(found[0].controllers, [Controller::Memory]);
        assert_eq!(
            paths(&found[0]),
            ["/sys/fs/cgroup/memory", "/sys/fs/cgroup/memory/a", "/sys/fs/cgroup/memory/a/b"]
        );
        assert_eq!(found[1].controllers, [Controller::Cpu]);
        assert_eq!(paths(&found[1]), ["/sys/fs/cgroup/cpu,cpuacct"]);
    }

    #[test]
    fn version_2_has_one_tree() {
        let mounts = "30 20 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";
        let found = parse(mounts, "0::/user.slice/user-1000.slice\n");
        assert_eq!(found[0].version, Version::V2);
        assert_eq!(paths(&found[0])[2], "/sys/fs/cgroup/user.slice/user-1000.slice");
    }

    #[test]
    fn what_is_above_our_cgroup_namespace_is_not_ours() {
        let mounts = "36 35 0:21 /.. /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate\n";
        assert!(parse(mounts, "0::/\n").is_empty());
    }

    #[test]
    fn in_a_container_only_a_part_of_the_tree_is_mounted() {
        let top = Path::new("/c");
        assert_eq!(
            way(top, Path::new("/docker/1"), Path::new("/docker/1/x")),
            ["/c", "/c/x"].map(PathBuf::from)
        );
        assert_eq!(way(top, Path::new("/docker/1"), Path::new("/")), [top]);
        assert_eq!(way(top, Path::new("/"), Path::new("/../other")), [top]);
    }
}
