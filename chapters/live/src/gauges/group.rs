//! The control group of a container, in each hierarchy, as a folder that we see.
//!
//! Kernel: cgroups(7). See it: `cat /proc/PID/cgroup`, of a process inside.

use std::path::{Path, PathBuf};

use crate::{
    containers::Container,
    look::{self, Seen},
};

/// How the files in a folder are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    V1,
    V2,
}

/// A hierarchy of groups that is mounted where we are.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Mount {
    version: Version,
    /// In version 1, what is counted in it.
    controllers: Vec<String>,
    /// Which group of the hierarchy the mount shows.
    root: String,
    point: PathBuf,
}

/// The groups of one container.
pub struct Groups {
    init: i32,
    /// How its own groups are called.
    name: String,
    mounts: Vec<Mount>,
    /// Its `/proc/PID/cgroup`.
    own: Seen<String>,
}

impl Groups {
    pub fn new(container: &Container) -> Groups {
        let mounts = look::read(Path::new("/proc/self/mountinfo")).unwrap_or_default();
        let name = format!("minicontainer-{}", container.runtime);
        Groups {
            init: container.init,
            name,
            mounts: mounts.lines().filter_map(mount).collect(),
            own: Err("not read".into()),
        }
    }

    /// Look again where its first process is: the runtime moves it once, at the beginning.
    pub fn look(&mut self) {
        if !self.own.as_ref().is_ok_and(|own| own.contains(&self.name)) {
            self.own = look::text(self.init, "cgroup");
        }
    }

    /// The folder of the container's own group that has this controller, or why there is none.
    pub fn folder(&self, controller: &str) -> Seen<(Version, PathBuf)> {
        let own = self.own.as_ref().map_err(Clone::clone)?;
        let mounted = self.mounts.iter().find_map(|mount| Some((mount, path_in(own, mount, controller)?)));
        let (mount, path) = mounted.ok_or_else(|| format!("no controller {controller} is mounted here"))?;
        if !Path::new(path).ends_with(&self.name) {
            return Err("it has no control group of its own".into());
        }
        let below = Path::new(path).strip_prefix(&mount.root).map_err(|_| "its group is not below ours")?;
        let folder = mount.point.join(below);
        let has = mount.version == Version::V1
            || look::read(&folder.join("cgroup.controllers"))
                .is_ok_and(|list| list.split_whitespace().any(|name| name == controller));
        let missing = || format!("its control group does not have the controller {controller}");
        if has { Ok((mount.version, folder)) } else { Err(missing()) }
    }
}

/// The path in the line of `/proc/PID/cgroup` that is about this hierarchy, if that has the controller.
fn path_in<'a>(own: &'a str, mount: &Mount, controller: &str) -> Option<&'a str> {
    let counts = mount.controllers.iter().any(|name| name == controller);
    if mount.version == Version::V1 && !counts {
        return None;
    }
    own.lines().find_map(|line| {
        let [_, names, path] = line.splitn(3, ':').collect::<Vec<_>>()[..] else { return None };
        let is_it = match mount.version {
            Version::V1 => names.split(',').any(|name| name == controller),
            Version::V2 => names.is_empty(),
        };
        is_it.then_some(path)
    })
}

fn mount(line: &str) -> Option<Mount> {
    let (here, there) = line.split_once(" - ")?;
    let [_, _, _, root, point, ..] = here.split(' ').collect::<Vec<_>>()[..] else { return None };
    let [kind, _, options] = there.splitn(3, ' ').collect::<Vec<_>>()[..] else { return None };
    let version = match kind {
        "cgroup" => Version::V1,
        "cgroup2" => Version::V2,
        _ => return None,
    };
    let controllers = options.split(',').map(str::to_owned).collect();
    Some(Mount { version, controllers, root: root.into(), point: point.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HYBRID: &str = "35 31 0:32 / /c/memory rw - cgroup cgroup rw,memory\n\
        32 31 0:29 / /c/cpu,cpuacct rw shared:9 - cgroup cgroup rw,cpu,cpuacct\n\
        38 31 0:35 / /c/unified rw - cgroup2 cgroup2 rw\n";

    fn groups(mounts: &str, own: &str) -> Groups {
        let mounts = mounts.lines().filter_map(mount).collect();
        Groups { init: 0, name: "minicontainer-7".into(), mounts, own: Ok(own.into()) }
    }

    #[test]
    fn version_1_has_a_folder_for_each_controller() {
        let found = groups(HYBRID, "4:memory:/a/minicontainer-7\n2:cpu,cpuacct:/\n3:pids:/x\n0::/\n");
        let folder = found.folder("memory");
        assert_eq!(folder, Ok((Version::V1, "/c/memory/a/minicontainer-7".into())));
        assert_eq!(found.folder("cpuacct"), Err("it has no control group of its own".into()));
    }

    #[test]
    fn what_is_missing_has_a_reason() {
        let found = groups(HYBRID, "4:memory:/x\n");
        assert_eq!(found.folder("pids").unwrap_err(), "no controller pids is mounted here");
        let below = "35 31 0:32 /docker /c/memory rw - cgroup cgroup rw,memory\n";
        let found = groups(below, "4:memory:/minicontainer-7\n");
        assert_eq!(found.folder("memory").unwrap_err(), "its group is not below ours");
    }
}
