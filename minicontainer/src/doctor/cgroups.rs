//! Control groups: which hierarchies are mounted, where we are in them, and what systemd delegates.
//!
//! cgroups(7); Documentation/admin-guide/cgroup-v2.rst of the kernel.

use std::path::{Path, PathBuf};

use super::{
    look,
    restrictions::PROC_REMEDY,
    row::{Answer, Row},
};

/// Version 1 (one hierarchy for some controllers) or 2 (one for all).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    V1,
    V2,
}

/// One mounted hierarchy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hierarchy {
    pub version: Version,
    /// Where it is mounted.
    pub mount: PathBuf,
    /// The group of this process in it, if it lies below the mount.
    pub own: Option<PathBuf>,
    /// The controllers that it has; for version 1 also a name such as `name=systemd`.
    pub controllers: Vec<String>,
}

/// The hierarchies of this machine.
pub fn look() -> Vec<Hierarchy> {
    let mountinfo = look::text("/proc/self/mountinfo").unwrap_or_default();
    hierarchies_with_controllers(&mountinfo, &look::text("/proc/self/cgroup").unwrap_or_default())
}

/// The same for the process whose `cgroup` file this is.
pub fn hierarchies_with_controllers(mountinfo: &str, cgroup: &str) -> Vec<Hierarchy> {
    let mut found = hierarchies(mountinfo, cgroup);
    for hierarchy in found.iter_mut().filter(|hierarchy| hierarchy.version == Version::V2) {
        let file = hierarchy.mount.join("cgroup.controllers");
        let controllers = fs_err::read_to_string(file).unwrap_or_default();
        hierarchy.controllers = controllers.split_whitespace().map(str::to_owned).collect();
    }
    found
}

/// Read `/proc/self/mountinfo`, proc(5), and `/proc/self/cgroup`, cgroups(7).
fn hierarchies(mountinfo: &str, cgroup: &str) -> Vec<Hierarchy> {
    mountinfo.lines().filter_map(|line| hierarchy(line, cgroup)).collect()
}

fn hierarchy(line: &str, cgroup: &str) -> Option<Hierarchy> {
    let (here, there) = line.split_once(" - ")?;
    let (root, mount) = (here.split(' ').nth(3)?, here.split(' ').nth(4)?);
    let (version, options) = match there.split(' ').collect::<Vec<_>>()[..] {
        ["cgroup", _, options] => (Version::V1, options),
        ["cgroup2", ..] => (Version::V2, ""),
        _ => return None,
    };
    let flags = ["rw", "ro", "xattr", "noprefix", "clone_children", "cpuset_v2_mode"];
    let controllers: Vec<String> = options
        .split(',')
        .filter(|word| !word.is_empty() && !flags.contains(word))
        .map(str::to_owned)
        .collect();
    let own = cgroup.lines().find_map(|line| {
        let [_, names, path] = line.splitn(3, ':').collect::<Vec<_>>()[..] else { return None };
        let ours = match version {
            Version::V1 => names.split(',').any(|name| controllers.iter().any(|own| own == name)),
            Version::V2 => names.is_empty(),
        };
        let below = Path::new(path).strip_prefix(root).ok()?;
        (ours && !path.contains("..")).then(|| Path::new(mount).join(below))
    });
    Some(Hierarchy { version, mount: mount.into(), own, controllers })
}

/// Where `controller` is used: version 2 has it, or one of version 1 does.
pub fn with<'a>(hierarchies: &'a [Hierarchy], controller: &str) -> Option<&'a Hierarchy> {
    hierarchies.iter().find(|hierarchy| hierarchy.controllers.iter().any(|name| name == controller))
}

/// The word for the whole: v1, v2, hybrid (both are mounted), or none.
fn mode(hierarchies: &[Hierarchy]) -> &'static str {
    let has = |version| hierarchies.iter().any(|hierarchy| hierarchy.version == version);
    match (has(Version::V1), has(Version::V2)) {
        (true, true) => "hybrid",
        (true, false) => "v1",
        (false, true) => "v2",
        (false, false) => "none",
    }
}

/// The row on versions. Both are taught; a machine without any cannot limit anything.
pub fn version_row(hierarchies: &[Hierarchy]) -> Row {
    let about = "control groups are mounted, version 1 or 2";
    if !look::has_procfs() {
        return Row::new("cgroups", about, Answer::NotTried)
            .looked_at("/proc/self/mountinfo: cannot be read")
            .remedy(PROC_REMEDY);
    }
    let answer = if hierarchies.is_empty() { Answer::No } else { Answer::Yes };
    let row = Row::new("cgroups", about, answer)
        .looked_at(format!("/proc/self/mountinfo: {}", mode(hierarchies)))
        .remedy(
            "sudo mount -t cgroup2 none /sys/fs/cgroup; inside a chroot, bind the host's /sys/fs/cgroup.",
        );
    let v1: Vec<String> = hierarchies
        .iter()
        .filter(|hierarchy| hierarchy.version == Version::V1)
        .map(|hierarchy| hierarchy.controllers.join(","))
        .collect();
    let row = if v1.is_empty() { row } else { row.looked_at(format!("v1: {}", v1.join(" "))) };
    hierarchies.iter().filter(|hierarchy| hierarchy.version == Version::V2).fold(row, |row, hierarchy| {
        let controllers = match hierarchy.controllers.join(" ") {
            none if none.is_empty() => "no controllers".into(),
            some => some,
        };
        row.looked_at(format!("v2 at {}: {controllers}", hierarchy.mount.display()))
    })
}

/// Where systemd keeps the groups that a user manages: systemd.resource-control(5), user@.service(5).
pub fn delegated_group(uid: u32) -> PathBuf {
    format!("user.slice/user-{uid}.slice/user@{uid}.service").into()
}

/// Whether systemd is the init system: `sd_booted(3)`, this directory is there exactly then.
pub fn has_systemd() -> bool {
    Path::new("/run/systemd/system").exists()
}

/// The row on delegation. `uid` is the ordinary user.
pub fn delegation_row(hierarchies: &[Hierarchy], uid: Option<u32>) -> Row {
    let about = "systemd delegates cpu, memory and pids to the user";
    if !has_systemd() {
        return Row::new("delegation", about, Answer::No)
            .looked_at("/run/systemd/system: not there, so no systemd that could delegate")
            .remedy("Use control groups as root.");
    }
    let v2 = hierarchies.iter().find(|hierarchy| hierarchy.version == Version::V2);
    let (Some(v2), Some(uid)) = (v2, uid) else {
        return Row::new("delegation", about, Answer::NotTried)
            .looked_at("/run/systemd/system: systemd; delegation takes version 2 and an ordinary user")
            .remedy("Run doctor as that user, on a machine with cgroup version 2.");
    };
    let file = v2.mount.join(delegated_group(uid)).join("cgroup.controllers");
    let controllers = match fs_err::read_to_string(&file) {
        Ok(controllers) => controllers,
        Err(error) => {
            return Row::new("delegation", about, Answer::No)
                .looked_at(error.to_string())
                .remedy(format!("Start the user's service manager: sudo loginctl enable-linger {uid}"));
        }
    };
    Row::new("delegation", about, delegated(&controllers))
        .looked_at(format!("{}: {}", file.display(), controllers.trim()))
        .remedy(DELEGATE)
}

const DELEGATE: &str = "sudo mkdir -p /etc/systemd/system/user@.service.d; printf '[Service]\\nDelegate=cpu \
    cpuset io memory pids\\n' | sudo tee /etc/systemd/system/user@.service.d/delegate.conf; sudo systemctl \
    daemon-reload; then log out and in again.";

fn delegated(controllers: &str) -> Answer {
    let has = |wanted: &str| controllers.split_whitespace().any(|name| name == wanted);
    Answer::over(["cpu", "memory", "pids"].map(|name| if has(name) { Answer::Yes } else { Answer::No }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const V2: &str = "34 25 0:29 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n";
    const V1: &str = "\
        32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct\n\
        35 31 0:32 /docker/1 /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n\
        40 31 0:37 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd\n";

    #[test]
    fn hybrid_is_both() {
        let unified = V2.replace("/sys/fs/cgroup", "/sys/fs/cgroup/unified");
        assert_eq!(mode(&hierarchies(&format!("{V1}{unified}"), "")), "hybrid");
        assert_eq!(mode(&hierarchies(V1, "")), "v1");
        assert_eq!(mode(&hierarchies(V2, "")), "v2");
        assert_eq!(mode(&hierarchies("27 1 254:0 / / rw - ext4 /dev/vda rw\n", "")), "none");
    }

    #[test]
    fn our_own_group_lies_below_the_mount() {
        let own = "4:memory:/docker/1/ours\n3:cpu,cpuacct:/a:b\n0::/user.slice\n";
        let found = hierarchies(V1, own);
        assert_eq!(with(&found, "memory").unwrap().own, Some("/sys/fs/cgroup/memory/ours".into()));
        assert_eq!(with(&found, "cpu").unwrap().own, Some("/sys/fs/cgroup/cpu,cpuacct/a:b".into()));
        assert_eq!(with(&found, "pids"), None);
        assert_eq!(hierarchies(V2, own)[0].own, Some("/sys/fs/cgroup/user.slice".into()));
        assert_eq!(hierarchies(V2, "0::/../outside\n")[0].own, None);
    }

    #[test]
    fn delegation_is_of_three_controllers() {
        assert_eq!(delegated("cpuset cpu io memory pids\n"), Answer::Yes);
        assert_eq!(delegated("memory pids\n"), Answer::Partly);
        assert_eq!(delegated("\n"), Answer::No);
    }
}
