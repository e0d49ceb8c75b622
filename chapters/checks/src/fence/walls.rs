//! The walls of the fence: what it shows of the host, and what it hides.

use std::{
    io,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
};

use sys::{Gid, MsFlags, Pid, Result, Uid};

use super::User;
use crate::Subject;

/// The first of the ids that root's fence has on the host. By systemd's table of ids it belongs to nobody:
/// <https://systemd.io/UIDS-GIDS/>.
pub(crate) const NOBODYS_IDS: u32 = 0x7000_0000;
/// How many: enough for every account in an image.
pub(crate) const IDS: u32 = 0x1_0000;

/// By its number in linux/capability.h.
const CAP_SYS_PTRACE: u32 = 19;

/// Where the services of the user and of the machine listen. A read-only mount does not keep anybody from
/// connecting to a socket.
const SERVICES: &[&str] =
    &["/run/user", "/run/dbus", "/run/docker.sock", "/run/containerd", "/run/podman", "/run/crio"];

/// Cut this mount namespace off from the host's and make all of it read-only.
pub(super) fn close_off() -> Result<()> {
    propagation(MsFlags::MS_PRIVATE)?; // nothing that is mounted inside reaches the host
    sys::mount_setattr_readonly("/", true)?;
    mount_proc()?;
    for service in SERVICES.iter().map(Path::new) {
        if service.is_dir() {
            let options = Some("mode=755,size=4k");
            sys::mount(Some("hidden"), service, Some("tmpfs"), MsFlags::MS_RDONLY, options)?;
        } else if service.exists() {
            sys::mount(Some("/dev/null"), service, None, MsFlags::MS_BIND, None)?;
        }
    }
    if Path::new("/dev/pts").is_dir() {
        // Terminals of its own, or it could write to those of whoever started the suite.
        let flags = MsFlags::MS_NOSUID | MsFlags::MS_NOEXEC;
        sys::mount(Some("devpts"), "/dev/pts", Some("devpts"), flags, Some("ptmxmode=0666"))?;
    }
    Ok(())
}

/// Let the groups of the cage be written to, as the only ones. In each hierarchy a mount of its own does it.
pub(super) fn open_groups(groups: &[PathBuf]) -> Result<()> {
    for group in groups {
        sys::mount(Some(&*group.to_string_lossy()), group, None, MsFlags::MS_BIND, None)?;
        sys::mount_setattr_readonly(group, false)?;
    }
    Ok(())
}

/// What the judge adds: things that belong to the fence.
pub(super) fn furnish(subject: &Subject, folder: &Path) -> Result<()> {
    mount_proc()?;
    sys::mount(Some("fence"), folder, Some("tmpfs"), MsFlags::empty(), Some("size=256m,mode=755"))?;
    if subject.needs_real_root() {
        make_room_for(subject)?;
    }
    // Under systemd all mounts are shared. Inside the fence they are on every machine, so that a stage
    // that forgets to cut itself off is found out on every machine.
    propagation(MsFlags::MS_SHARED)?;
    sys::ioctl_interface_up("lo")?; // as on every host
    sys::sethostname("fence")
}

fn propagation(kind: MsFlags) -> Result<()> {
    sys::mount(None, "/", None, MsFlags::MS_REC | kind, None)
}

fn mount_proc() -> Result<()> {
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
    sys::mount(Some("proc"), "/proc", Some("proc"), flags, None)
}

/// What a real runtime needs of the host beyond what a stage needs.
fn make_room_for(subject: &Subject) -> Result<()> {
    let cgroups = Path::new("/sys/fs/cgroup");
    let may_be_crun = matches!(subject, Subject::Podman) || subject.name() == "crun";
    if may_be_crun && cgroups.join("unified").exists() {
        // crun 1.8 refuses a machine with both cgroup versions; hide the empty one from it.
        sys::mount(Some("none"), cgroups.join("unified"), Some("tmpfs"), MsFlags::empty(), None)?;
    }
    if User::current() == User::Root && cgroups.exists() {
        sys::mount_setattr_readonly(cgroups, false)?;
    }
    if matches!(subject, Subject::Podman) {
        // Its locks and its runtime's state are there, whatever else it is told. Those of the host's own containers
        // are not to be seen.
        for place in ["/dev/shm", "/run"] {
            sys::mount(Some("room"), place, Some("tmpfs"), MsFlags::empty(), Some("mode=755,size=16m"))?;
        }
    }
    Ok(())
}

/// Who root in the fence is outside of it.
pub(super) fn root_inside() -> Result<u32> {
    let map = ids_below(&sys::read("/proc/self/uid_map")?);
    Ok(map.split_whitespace().nth(1).and_then(|id| id.parse().ok()).unwrap_or_default())
}

/// Give the user namespace of `judge` its ids. The mason writes them, because it has its powers outside.
pub(super) fn map_ids(judge: Pid) -> Result<()> {
    for map in ["uid_map", "gid_map"] {
        let own = sys::read(Path::new("/proc/self").join(map))?;
        sys::write(Path::new("/proc").join(judge.to_string()).join(map), &ids_below(&own))?;
    }
    Ok(())
}

/// The machine's own root hands out ids that are nobody's. One who is root in a container only has the
/// container's, and passes them on as they are.
fn ids_below(own: &str) -> String {
    if is_whole(own) {
        return format!("0 {NOBODYS_IDS} {IDS}\n");
    }
    let extents = own.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    extents.map(|extent| format!("{0} {0} {1}\n", extent[0], extent[2])).collect()
}

/// Whether this is the map of the first user namespace, in which all ids are themselves.
pub(super) fn is_whole(map: &str) -> bool {
    map.split_whitespace().eq(["0", "0", "4294967295"])
}

/// Become root in the fence's user namespace, and more so than the subjects: without CAP_SYS_PTRACE they
/// cannot take hold of one who has it, nor speak with its voice through `/proc/1/fd`.
pub(super) fn become_root() -> Result<()> {
    if sys::read("/proc/self/setgroups")?.trim() == "allow" {
        sys::setgroups(&[])?;
    }
    sys::setgid(Gid::from_raw(0))?;
    sys::setuid(Uid::from_raw(0))?;
    sys::prctl_set_dumpable()?; // or our own /proc/self would be closed to us
    sys::prctl_capbset_drop(CAP_SYS_PTRACE)
}

/// The programs that the fence needs may lie where only root can go: below /root, for one. Cover the first
/// folder that is shut, and put copies of them at their own paths.
pub(super) fn open_ways(subject: &Subject, folder: &Path) -> Result<()> {
    let mut programs = vec![std::env::current_exe()?];
    if let Subject::Ours { program, .. } = subject {
        programs.push(fs_err::canonicalize(&program[0])?);
    }
    let all = || programs.iter().map(PathBuf::as_path).chain([folder]);
    if all().map(shut_folder).collect::<Result<Vec<_>>>()?.iter().all(Option::is_none) {
        return Ok(());
    }
    // Read before the first cover is in the way.
    let copies = programs.iter().map(fs_err::read).collect::<io::Result<Vec<_>>>()?;
    for path in all() {
        if let Some(shut) = shut_folder(path)? {
            sys::mount(Some("way"), shut, Some("tmpfs"), MsFlags::empty(), Some("mode=755"))?;
        }
    }
    for (path, program) in programs.iter().zip(copies).filter(|(path, _)| !path.exists()) {
        fs_err::create_dir_all(path.parent().unwrap_or(path))?;
        fs_err::write(path, program)?;
        fs_err::set_permissions(path, PermissionsExt::from_mode(0o755))?;
    }
    Ok(fs_err::create_dir_all(folder)?)
}

/// The first folder on the way to `path` that is not everybody's to go through, or the one that holds it
/// when it is a program that not everybody may run.
fn shut_folder(path: &Path) -> Result<Option<&Path>> {
    let way: Vec<&Path> = path.ancestors().skip(1).collect();
    for folder in way.iter().rev() {
        // What an earlier cover hides is not there, and will be made anew.
        if folder.exists() && fs_err::metadata(folder)?.mode() & 0o001 == 0 {
            return Ok(Some(folder));
        }
    }
    let closed = path.is_file() && fs_err::metadata(path)?.mode() & 0o005 != 0o005;
    Ok(way.first().copied().filter(|_| closed))
}

#[cfg(test)]
mod tests {
    use super::ids_below;

    #[test]
    fn ids_of_nobody_or_those_that_a_container_has() {
        assert_eq!(ids_below("         0          0 4294967295\n"), "0 1879048192 65536\n");
        assert_eq!(
            ids_below("         0       1000          1\n         1     100000      65536\n"),
            "0 0 1\n1 1 65536\n"
        );
    }
}
