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
