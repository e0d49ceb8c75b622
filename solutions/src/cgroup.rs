//! Control group: the processes of a container as one, to count and to limit.
//!
//! Runs in: parent. `create` before the child is there, `join` before `Proceed`, `remove` by the janitor.
//! Kernel: cgroups(7); Documentation/admin-guide/cgroup-v1/cgroups.rst and cgroup-v2.rst.
//! See it: `cat /proc/self/cgroup`, inside and outside.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use sys::{Errno, Error, Pid, Result};

pub use crate::hierarchy::{Controller, Version};
use crate::{
    delegation,
    hierarchy::{self, Hierarchy},
};

/// The group of one container: for each controller that may be used here, the folder in which it is set.
#[derive(Debug, Default)]
pub struct Group {
    folders: Vec<(Controller, Version, PathBuf)>,
}

impl Group {
    /// The folder that `controller` is set in; an error with the remedy where this group does not have it.
    pub fn folder(&self, controller: Controller) -> Result<(Version, &Path)> {
        match self.find(controller) {
            Some(found) => Ok(found),
            None => Err(missing(controller, &hierarchy::all()?)),
        }
    }

    /// The same where it is no error.
    pub fn find(&self, controller: Controller) -> Option<(Version, &Path)> {
        let found = self.folders.iter().find(|(has, ..)| *has == controller);
        found.map(|(_, version, folder)| (*version, folder.as_path()))
    }

    /// Each folder once: in version 2 one folder is for all controllers.
    fn folders(&self) -> Vec<&Path> {
        let mut folders: Vec<&Path> = self.folders.iter().map(|(.., folder)| folder.as_path()).collect();
        folders.dedup();
        folders
    }
}

/// Make a group for this runtime's container, with all controllers that may be used here; one without any
/// where there are none.
pub fn create() -> Result<Group> {
    let mut group = Group::default();
    for hierarchy in hierarchy::all()? {
        if let Some((folder, controllers)) = create_in(&hierarchy, &name(Pid::this()))? {
            let one = |controller| (controller, hierarchy.version, folder.clone());
            group.folders.extend(controllers.into_iter().map(one));
        }
    }
    if group.folders.is_empty() {
        sys::explain::note(
            "This user may make no control group here, so the container stays in the runtime's own, and \
             nothing limits it. minicontainer doctor says what to do.",
        );
    }
    Ok(group)
}

/// Put the container into its group. What it starts from now on is born there.
pub fn join(group: &Group, container: Pid) -> Result<()> {
    group
        .folders()
        .iter()
        .try_for_each(|folder| sys::write(folder.join("cgroup.procs"), &container.to_string()))
}

/// A write that cgroups-rs makes for us, as an strace line like our own.
#[track_caller]
pub fn write_by_library(
    file: &Path,
    value: impl fmt::Display,
    write: impl FnOnce() -> cgroups_rs::error::Result<()>,
) -> Result<()> {
    sys::call_by_library("cgroups(7)", &format!("write({file:?}, \"{value}\")"), write)
}

/// The janitor's chore: remove the group. It is an error as long as somebody is in it.
pub fn remove(runtime: Pid) -> Result<()> {
    let hierarchies = hierarchy::all()?;
    let mut parents = hierarchies.iter().flat_map(|hierarchy| &hierarchy.way);
    parents.try_for_each(|parent| remove_tree(&parent.join(name(runtime))))
}

/// The group's name follows from the runtime, so that the janitor needs no memory.
fn name(runtime: Pid) -> String {
    format!("minicontainer-{runtime}")
}

/// Make the group `name` as far up in the hierarchy as this process may, where it has a controller: there
/// only the limits of the machine are above it, and not those of whoever called us.
fn create_in(hierarchy: &Hierarchy, name: &str) -> Result<Option<(PathBuf, Vec<Controller>)>> {
    for parent in ours(&hierarchy.way) {
        let folder = parent.join(name);
        if !may_make(&folder)? {
            continue;
        }
        let controllers = match hierarchy.version {
            Version::V1 => hierarchy.controllers.clone(),
            Version::V2 => hand_down(parent, &folder)?,
        };
        if !controllers.is_empty() {
            return Ok(Some((folder, controllers)));
        }
        sys::rmdir(&folder)?;
    }
    Ok(None)
}

/// Where systemd gave us a scope, what is above it is systemd's.
fn ours(way: &[PathBuf]) -> &[PathBuf] {
    let scope = delegation::scope(Pid::this());
    &way[way.iter().position(|group| group.ends_with(&scope)).unwrap_or_default()..]
}

/// Make the group `folder`; whether this process may.
fn may_make(folder: &Path) -> Result<bool> {
    let mut made = sys::mkdir(folder);
    if made.as_ref().is_err_and(|error| error.errno() == Some(Errno::EEXIST)) {
        remove_tree(folder)?; // of a runtime that had our number, and of which nobody is left
        made = sys::mkdir(folder);
    }
    match made {
        Ok(()) => Ok(true),
        Err(error) => match error.errno() {
            Some(Errno::EACCES | Errno::EPERM | Errno::EROFS | Errno::ENOENT) => Ok(false),
            _ => Err(error),
        },
    }
}

/// Version 2: a group has those controllers that the one above hands down, and a group hands down none as
/// long as processes are in it, the root excepted ("no internal processes"). Which ones `folder` has then.
fn hand_down(parent: &Path, folder: &Path) -> Result<Vec<Controller>> {
    let available = Controller::listed_in(&sys::read(parent.join("cgroup.controllers"))?);
    let handed = Controller::listed_in(&sys::read(parent.join("cgroup.subtree_control"))?);
    for controller in available.into_iter().filter(|controller| !handed.contains(controller)) {
        // Whether it worked is read from the new group below, and shown by --explain.
        sys::write(parent.join("cgroup.subtree_control"), &format!("+{}", controller.name())).ok();
    }
    Ok(Controller::listed_in(&sys::read(folder.join("cgroup.controllers"))?))
}

/// Remove the group `folder`, and first those that somebody made in it.
fn remove_tree(folder: &Path) -> Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in fs_err::read_dir(folder)? {
        remove_tree(&entry?.path())?;
    }
    match sys::rmdir(folder) {
        Err(error) if error.errno() == Some(Errno::ENOENT) => Ok(()), // it was faster than we
        removed => removed,
    }
}

/// Why there is no group with `controller`.
fn missing(controller: Controller, hierarchies: &[Hierarchy]) -> Error {
    let name = controller.name();
    let what =
        format!("this container has no control group with the controller {name}, so nothing can be limited");
    let error = Error { page: Some("cgroups(7)".to_owned()), ..Error::new(what) };
    if hierarchies.iter().any(|hierarchy| hierarchy.controllers.contains(&controller)) {
        error
            .why("this user may make one nowhere on the way from the top of the hierarchy to his own group")
            .remedy(
                "Run it as root, or in the lab: minicontainer lab. Under systemd with cgroup version 2 also with \
                 systemd-run --user --scope -p Delegate=yes COMMAND.",
            )
    } else {
        error
            .why(format!("no control group file system that is mounted here has {name}"))
            .remedy("Look at /proc/cgroups and minicontainer doctor.")
    }
}
