//! The cage: control groups that bound what is inside the fence, whatever it does.

use std::path::{Path, PathBuf};

/// More processes than any check needs, and few enough for a laptop.
const PIDS: &str = "512";
/// More memory than any check needs: 1 GiB.
const MEMORY: &str = "1073741824";

/// Groups of our own, one for each hierarchy that this user may write to. An ordinary user mostly has
/// none; then the fence's resource limits are all the bound there is.
pub(crate) struct Cage {
    name: String,
    groups: Vec<PathBuf>,
}

impl Cage {
    /// Make the groups for the fence whose folder is `folder`.
    pub(crate) fn build(folder: &Path) -> Cage {
        let name = name(folder);
        let limits = [
            ("/sys/fs/cgroup/pids", "pids.max", PIDS),
            ("/sys/fs/cgroup/memory", "memory.limit_in_bytes", MEMORY),
            ("/sys/fs/cgroup", "pids.max", PIDS),
            ("/sys/fs/cgroup", "memory.max", MEMORY),
        ];
        let mut groups = Vec::new();
        for (hierarchy, file, limit) in limits {
            let hierarchy = Path::new(hierarchy);
            let group = hierarchy.join(&name);
            // Without its own list of processes it is a plain folder: the tmpfs of a v1 machine.
            let made = hierarchy.join("cgroup.procs").exists()
                && (group.exists() || fs_err::create_dir(&group).is_ok())
                && fs_err::write(group.join(file), limit).is_ok();
            if made && !groups.contains(&group) {
                groups.push(group);
            }
        }
        for group in &groups {
            forbid_swap(group);
        }
        Cage { name, groups }
    }

    /// The files to which a process writes 0 to move in.
    pub(crate) fn doors(&self) -> Vec<PathBuf> {
        self.groups.iter().map(|group| group.join("cgroup.procs")).collect()
    }
}

impl Drop for Cage {
    /// Remove our groups, and those that runc or crun made for a bundle of this fence.
    fn drop(&mut self) {
        let mut hierarchies = vec![PathBuf::from("/sys/fs/cgroup")];
        let entries = fs_err::read_dir("/sys/fs/cgroup").into_iter().flatten().flatten();
        hierarchies.extend(entries.map(|entry| entry.path()));
        for name in [&self.name, &bundles(&self.name)] {
            for group in hierarchies.iter().map(|hierarchy| hierarchy.join(name)) {
                if group.is_dir() {
                    remove(&group);
                }
            }
        }
    }
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

/// Where runc and crun put the container of a bundle: beside the fence's own group, because a v2 group
/// with processes in it cannot hand its controllers to groups below.
pub(crate) fn group_of_bundle(folder: &Path, number: u32) -> String {
    format!("/{}/{number}", bundles(&name(folder)))
}

fn bundles(name: &str) -> String {
    format!("{name}-bundles")
}

/// The folder's name is unique on this machine, so the group's is.
fn name(folder: &Path) -> String {
    let name = folder.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}
