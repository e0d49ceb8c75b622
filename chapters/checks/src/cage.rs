//! The cage: control groups that bound what is inside the fence, whatever it does, and in which its subjects
//! may make groups of their own.
//!
//! The limits are those of the cage. In it is a *room*, a group that is delegated to the user inside
//! (cgroup-v2.rst, "Delegation"): he may make groups there, and what he does to the room's own limits does not
//! raise the cage's. He cannot reach those: of all groups he can write to the room alone, and in a cgroup
//! namespace of his own the room is the top. In version 2 a group with processes cannot hand its controllers to
//! groups below, so the judge has a leaf in the room.

use std::{
    fmt::Display,
    io,
    path::{Path, PathBuf},
};

/// More processes than any check needs, and few enough for a laptop.
const PIDS: &str = "512";
/// More memory than any check needs: 1 GiB.
const MEMORY: &str = "1073741824";

/// The hierarchies of version 1 in which a cage has a group: the controllers of chapters 6 and 7.
const CONTROLLERS: [&str; 3] = ["memory", "pids", "cpu"];
/// The group in the cage.
const ROOM: &str = "room";
/// The leaf of the judge in a room of version 2.
const LEAF: &str = "judge";

/// Groups of our own, one for each hierarchy in which this user may make one. An ordinary user has none unless
/// somebody delegated a group to him; then the fence's resource limits are all the bound there is.
#[derive(Debug)]
pub struct Cage {
    name: String,
    rooms: Vec<PathBuf>,
}

impl Cage {
    /// Make the groups for the fence whose folder is `folder`, whose name they get, and give them to the user `inside`.
    pub fn build(folder: &Path, inside: u32) -> Cage {
        let name = name(folder);
        let own = fs_err::read_to_string("/proc/self/cgroup").unwrap_or_default();
        let mut rooms = Vec::new();
        for hierarchy in hierarchies() {
            rooms.extend(ways(&hierarchy, &own).iter().find_map(|parent| make(parent, &name, inside)));
        }
        Cage { name, rooms }
    }

    /// The groups in which subjects may make groups.
    pub fn rooms(&self) -> &[PathBuf] {
        &self.rooms
    }

    /// The files to which a process writes 0 to move in.
    pub fn doors(&self) -> Vec<PathBuf> {
        let leaf = |group: &PathBuf| if is_v2(group) { group.join(LEAF) } else { group.clone() };
        self.rooms.iter().map(|room| leaf(room).join("cgroup.procs")).collect()
    }
}

impl Drop for Cage {
    /// Remove our groups, those that subjects made in them, and those that runc, crun or Podman made for a
    /// container of this fence.
    fn drop(&mut self) {
        let entries = fs_err::read_dir("/sys/fs/cgroup").into_iter().flatten().flatten();
        let roots = entries.map(|entry| entry.path()).chain([PathBuf::from("/sys/fs/cgroup")]);
        let bundles = roots.map(|root| root.join(bundles(&self.name)));
        let cages = self.rooms.iter().filter_map(|room| room.parent()).map(Path::to_owned);
        for group in cages.chain(bundles) {
            if group.is_dir() {
                remove(&group);
            }
        }
    }
}

/// Where hierarchies are mounted: those of version 1 that we want, and the one of version 2.
fn hierarchies() -> Vec<PathBuf> {
    let v1 = CONTROLLERS.map(|controller| Path::new("/sys/fs/cgroup").join(controller));
    let all = v1.into_iter().chain([PathBuf::from("/sys/fs/cgroup")]);
    // Without its own list of processes it is a plain folder: the tmpfs of a v1 machine.
    all.filter(|hierarchy| hierarchy.join("cgroup.procs").exists()).collect()
}

fn is_v2(group: &Path) -> bool {
    group.join("cgroup.controllers").exists()
}

/// The groups from the root of a hierarchy down to our own, by the text of `/proc/self/cgroup`.
fn ways(hierarchy: &Path, own: &str) -> Vec<PathBuf> {
    let controller = hierarchy.file_name().unwrap_or_default().to_string_lossy();
    let path = own.lines().find_map(|line| {
        let [_, names, path] = line.splitn(3, ':').collect::<Vec<_>>()[..] else { return None };
        let is_ours =
            if is_v2(hierarchy) { names.is_empty() } else { names.split(',').any(|n| n == controller) };
        is_ours.then_some(path)
    });
    let mut ways = vec![hierarchy.to_owned()];
    for part in path.unwrap_or_default().split('/').filter(|part| !part.is_empty() && *part != "..") {
        ways.push(ways[ways.len() - 1].join(part));
    }
    ways
}

/// Make the cage `name` in the group `parent`, if this user may, and the room in it.
fn make(parent: &Path, name: &str, inside: u32) -> Option<PathBuf> {
    let group = parent.join(name);
    hand_controllers_down(parent); // where they are not handed down and cannot be, the limits below fail
    fs_err::create_dir(&group).ok()?;
    let room = group.join(ROOM);
    let made = limit(&group).map(|()| forbid_swap(&group)).and_then(|()| delegate(&room, inside));
    if made.is_err() {
        remove(&group);
    }
    made.ok().map(|()| room)
}

/// The limits of this group: both in version 2, the one of its controller in version 1.
fn limit(group: &Path) -> io::Result<()> {
    if is_v2(group) {
        hand_controllers_down(group);
        fs_err::write(group.join("memory.max"), MEMORY)?;
        return fs_err::write(group.join("pids.max"), PIDS);
    }
    let limits = [("memory.limit_in_bytes", MEMORY), ("pids.max", PIDS)];
    let mut there = limits.iter().filter(|(file, _)| group.join(file).exists());
    there.try_for_each(|(file, limit)| fs_err::write(group.join(file), limit))
}

/// Let the groups below `group` have the controllers, where there is something to let them have.
fn hand_controllers_down(group: &Path) {
    for controller in CONTROLLERS.iter().filter(|_| is_v2(group)) {
        // Refused where it is somebody else's group; then it may have been done already.
        fs_err::write(group.join("cgroup.subtree_control"), format!("+{controller}")).ok();
    }
}

/// Make the room `group` for the user `inside`: the folder is his, and in version 2 what he needs to move
/// processes between his groups.
fn delegate(group: &Path, inside: u32) -> io::Result<()> {
    fs_err::create_dir(group)?;
    let mut his = vec![group.to_owned()];
    if is_v2(group) {
        fs_err::create_dir(group.join(LEAF))?;
        hand_controllers_down(group);
        his.extend(["cgroup.procs", "cgroup.subtree_control"].map(|file| group.join(file)));
        his.extend([group.join(LEAF), group.join(LEAF).join("cgroup.procs")]);
    }
    for path in his.iter().filter(|_| nix::unistd::geteuid().is_root()) {
        fs_err::os::unix::fs::chown(path, Some(inside), Some(inside))?;
    }
    Ok(())
}

/// Memory that is too much must not go to the disk instead. Not every kernel counts swap.
fn forbid_swap(group: &Path) {
    for (file, limit) in [("memory.swap.max", "0"), ("memory.memsw.limit_in_bytes", MEMORY)] {
        if group.join(file).exists() {
            fs_err::write(group.join(file), limit).ok();
        }
    }
}

/// Remove a group and those below it. The kernel empties a group a moment after its last process died.
fn remove(group: &Path) {
    let below: Vec<_> = fs_err::read_dir(group).into_iter().flatten().flatten().collect();
    for entry in below.iter().filter(|entry| entry.path().is_dir()) {
        remove(&entry.path());
    }
    for _ in 0..100 {
        if fs_err::remove_dir(group).is_ok() || !group.exists() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    eprintln!("checks: the group {} could not be removed", group.display());
}

/// Where runc and crun put the container of a bundle, and Podman all of its own: beside the fence's own group, because a
/// v2 group with processes in it cannot hand its controllers to groups below.
pub(crate) fn group_of_bundle(folder: &Path, bundle: impl Display) -> String {
    format!("/{}/{bundle}", bundles(&name(folder)))
}

fn bundles(name: &str) -> String {
    format!("{name}-bundles")
}

/// The folder's name is unique on this machine, so the group's is.
fn name(folder: &Path) -> String {
    let name = folder.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_leads_from_the_root_to_our_own_group() {
        let own = "4:memory:/a/b\n1:cpu,cpuacct:/c\n0::/d\n";
        let way = |controller: &str| ways(&Path::new("/nowhere").join(controller), own);
        assert_eq!(
            way("memory"),
            ["/nowhere/memory", "/nowhere/memory/a", "/nowhere/memory/a/b"].map(PathBuf::from)
        );
        assert_eq!(way("cpu"), ["/nowhere/cpu", "/nowhere/cpu/c"].map(PathBuf::from));
        assert_eq!(way("pids"), ["/nowhere/pids"].map(PathBuf::from));
    }
}
