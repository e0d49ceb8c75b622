//! Controllers: whether a limit can really be written, in a group that we make and remove again.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use ch06::delegation;
use sys::{Errno, Error, Pid, Result};

use super::{
    attempt::attempt,
    cgroups::{self, Hierarchy, Version},
    look,
    restrictions::PROC_REMEDY,
    row::{Answer, Kind, Row},
    users::{Called, Users, Who},
};

/// A controller, and a harmless limit in either version: a file and what is written to it.
struct Controller {
    id: &'static str,
    name: &'static str,
    about: &'static str,
    v1: (&'static str, &'static str),
    v2: (&'static str, &'static str),
}

const CONTROLLERS: [Controller; 3] = [
    Controller {
        id: "cgroup.memory",
        name: "memory",
        about: "a memory limit",
        v1: ("memory.limit_in_bytes", "67108864"),
        v2: ("memory.max", "67108864"),
    },
    Controller {
        id: "cgroup.pids",
        name: "pids",
        about: "a limit on processes",
        v1: ("pids.max", "64"),
        v2: ("pids.max", "64"),
    },
    Controller {
        id: "cgroup.cpu",
        name: "cpu",
        about: "a limit on processor time",
        v1: ("cpu.cfs_quota_us", "50000"),
        v2: ("cpu.max", "50000 100000"),
    },
];

/// A row for each controller that the course uses.
pub fn rows(users: &Users, hierarchies: &[Hierarchy]) -> Vec<Row> {
    CONTROLLERS.iter().map(|controller| row(controller, users, hierarchies)).collect()
}

fn row(controller: &Controller, users: &Users, hierarchies: &[Hierarchy]) -> Row {
    let Controller { id, name, about, v1, v2 } = *controller;
    let Some(hierarchy) = cgroups::with(hierarchies, name) else {
        if !look::has_procfs() {
            return Row::new(id, about, Answer::NotTried)
                .looked_at("/proc/self/mountinfo: cannot be read")
                .remedy(PROC_REMEDY);
        }
        return Row::new(id, about, Answer::No)
            .looked_at(format!("no mounted hierarchy has the controller {name}"))
            .remedy(format!("See /proc/cgroups; a kernel command line with cgroup_enable={name} may help."));
    };
    let (file, limit) = if hierarchy.version == Version::V1 { v1 } else { v2 };
    // The name is chosen out here, so that the group can be removed even if the attempt is killed.
    let group = format!("minicontainer-doctor-{}", Pid::this());
    let row = users.row(
        id,
        about,
        |kind, error| cure(kind, error, hierarchy),
        |who| {
            let try_in = |places: &[PathBuf]| {
                in_the_first_place(places, |parent| {
                    limit_in(hierarchy.version, name, &parent.join(&group), (file, limit))
                })
            };
            try_in(&places(hierarchy, who)).or_else(|error| match scope_of_systemd(hierarchy, who)? {
                Some(scope) => try_in(&[scope]),
                None => Err(error),
            })
        },
    );
    let tried = [Some(Who::Root), users.ordinary()].into_iter().flatten();
    let groups = tried.flat_map(|who| places(hierarchy, who)).map(|parent| parent.join(&group));
    let left = groups.filter(|group| group.exists()).filter_map(|group| remove(&group).err());
    left.fold(row, |row, error| row.looked_at(format!("left behind: {}", error.what)))
}

/// Where this user makes a group. Root: at the top, as Docker does without systemd. Others: in their
/// own group, then further up, and in what systemd delegates to them.
fn places(hierarchy: &Hierarchy, who: Who) -> Vec<PathBuf> {
    let top = hierarchy.mount.clone();
    let ancestors = hierarchy.own.iter().flat_map(|own| own.ancestors());
    let upwards = ancestors.take_while(|place| place.starts_with(&top)).map(Path::to_owned);
    match who {
        Who::Root => vec![top],
        Who::Myself(uid) | Who::Dropped(uid, _) if hierarchy.version == Version::V2 => {
            upwards.chain([top.join(cgroups::delegated_group(uid.as_raw()))]).collect()
        }
        _ => upwards.collect(),
    }
}

/// The scope that the user's systemd gives to this attempt, as it does to a runtime (chapter 6). It is gone
/// when the attempt ends.
fn scope_of_systemd(hierarchy: &Hierarchy, who: Who) -> Result<Option<PathBuf>> {
    if matches!(who, Who::Root) || hierarchy.version == Version::V1 {
        return Ok(None);
    }
    delegation::ask_systemd()?;
    let ways = ch06::hierarchy::all()?.into_iter().flat_map(|hierarchy| hierarchy.way);
    Ok(ways.into_iter().find(|group| group.ends_with(delegation::scope(Pid::this()))))
}

/// Try one place after the other. If all fail, the error that came furthest is the one to tell.
fn in_the_first_place(places: &[PathBuf], work: impl Fn(&Path) -> Result<Called>) -> Result<Called> {
    let mut furthest = Error::new("the group of this process is not below the mounted hierarchy");
    for place in places.iter().filter(|place| place.is_dir()) {
        match work(place) {
            Ok(called) => return Ok(called),
            Err(error) if furthest.errno.is_none() || !error.what.starts_with("mkdir") => furthest = error,
            Err(_) => {}
        }
    }
    Err(furthest)
}

/// Make `group`, write the limit, let a child join, and take everything back.
fn limit_in(version: Version, controller: &str, group: &Path, (file, limit): (&str, &str)) -> Result<Called> {
    sys::mkdir(group)?;
    let enabled = match (version, group.parent()) {
        (Version::V2, Some(parent)) => Enabled::in_children_of(parent, controller),
        _ => Ok(Enabled(None)),
    };
    let outcome = enabled.and_then(|enabled| {
        sys::write(group.join(file), limit)?;
        attempt(sys::fork, || sys::write(group.join("cgroup.procs"), "0"))?;
        Ok(enabled)
    });
    remove(group)?;
    outcome.map(|_| {
        format!("mkdir(\"{}\"), write({file:?}, {limit:?}), a child joins, rmdir", group.display()).into()
    })
}

/// A controller that we had to switch on for the children of a group; dropped, it is off again.
///
/// cgroup-v2.rst: a group has the files of a controller only if its parent's `cgroup.subtree_control`
/// names it. systemd has switched them on; a machine without systemd may not have.
struct Enabled(Option<(PathBuf, String)>);

impl Enabled {
    fn in_children_of(parent: &Path, controller: &str) -> Result<Enabled> {
        let control = parent.join("cgroup.subtree_control");
        if sys::read(&control)?.split_whitespace().any(|name| name == controller) {
            return Ok(Enabled(None));
        }
        sys::write(&control, &format!("+{controller}"))?;
        Ok(Enabled(Some((control, controller.to_owned()))))
    }
}

impl Drop for Enabled {
    fn drop(&mut self) {
        if let Some((control, controller)) = &self.0 {
            // Refused only when somebody else uses it by now, and then it has to stay.
            sys::write(control, &format!("-{controller}")).ok();
        }
    }
}

/// Remove `group` if it is there. The kernel may need a moment after the last process has left.
fn remove(group: &Path) -> Result<()> {
    for _ in 0..20 {
        match sys::rmdir(group) {
            Err(error) if error.errno() == Some(Errno::EBUSY) => std::thread::sleep(Duration::from_millis(5)),
            Err(error) if error.errno() == Some(Errno::ENOENT) => return Ok(()),
            other => return other,
        }
    }
    sys::rmdir(group)
}

fn cure(kind: Kind, error: &Error, hierarchy: &Hierarchy) -> String {
    let outside = error.what.contains("cgroup.procs");
    match (kind, hierarchy.version, error.errno()) {
        (_, _, Some(Errno::EROFS)) => {
            "The hierarchy is mounted read-only, as Docker does: docker run --privileged, or \
             --cgroupns=host -v /sys/fs/cgroup:/sys/fs/cgroup:rw."
                .into()
        }
        (Kind::Ordinary, Version::V1, _) => {
            "In version 1 only root makes groups: minicontainer lab has version 2 for everybody; or run as root, or boot with \
             version 2 (kernel command line: systemd.unified_cgroup_hierarchy=1)."
                .into()
        }
        (Kind::Ordinary, Version::V2, _) if !cgroups::has_systemd() => {
            "Without systemd nobody delegates groups to a user: minicontainer lab has some for everybody; or run as root, or \
             have root give you some, as the script .devcontainer/delegate-cgroups does in a container."
                .into()
        }
        (Kind::Ordinary, Version::V2, _) if outside => {
            "The delegated groups are there, but this shell is outside of them: start one inside with \
             systemd-run --user --scope -p Delegate=yes bash"
                .into()
        }
        (Kind::Ordinary, Version::V2, _) => {
            "Start a shell with groups of its own: systemd-run --user --scope -p Delegate=yes bash; and see \
             the row delegation."
                .into()
        }
        (Kind::Root, _, Some(Errno::EBUSY)) => {
            "Processes are in the top group (cgroup-v2.rst, no internal processes), as inside Docker: \
             move them into a group of their own, as the script .devcontainer/delegate-cgroups does; or start \
             the container with docker run --privileged --cgroupns=host."
                .into()
        }
        (Kind::Root, ..) => "Run as the root of the machine, not of a user namespace or container.".into(),
    }
}
