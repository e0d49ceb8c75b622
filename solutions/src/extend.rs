//! Variations: flags of Docker's and runc's that the chapters do not print.
//!
//! Runs in: child, but `write_pid_file`, `reserve_memory`, `tell_of_refusals` and `tell_changes`, which are the
//! parent's.

use std::{
    collections::BTreeMap,
    os::unix::fs::{FileTypeExt, MetadataExt},
    path::{Path, PathBuf},
};

use libc::sock_filter;
use seccompiler::{BackendError, BpfProgram, SeccompAction, SeccompFilter};
use sys::{CloneFlags, Error, Gid, MsFlags, Pid, Resource, Result, Uid};

use crate::{
    calls::Architecture,
    cgroup::{Controller, Group, Version},
    memory::Bytes,
    root::Root,
};

/// `--ulimit nofile=NUMBER`, as in Docker: how many descriptors the command may have open.
pub fn set_ulimits(limits: &[String]) -> Result<()> {
    for limit in limits {
        let number = limit.strip_prefix("nofile=").and_then(|number| number.parse().ok());
        let number =
            number.ok_or_else(|| Error::new(format!("--ulimit {limit:?}: it reads nofile=NUMBER")))?;
        sys::setrlimit(Resource::RLIMIT_NOFILE, number)?;
    }
    Ok(())
}

/// `--domainname NAME`, as in Docker: the other name in the UTS namespace.
pub fn set_domainname(name: Option<&str>) -> Result<()> {
    name.map_or(Ok(()), sys::setdomainname)
}

/// `--pid-file FILE`, as in runc: the number of the command, as the host sees it.
pub fn write_pid_file(file: Option<&Path>, command: Pid) -> Result<()> {
    if let Some(file) = file {
        fs_err::write(file, command.to_string())?;
    }
    Ok(())
}

/// `--proc-opts OPTIONS`, as in Podman: mount options for /proc, such as `subset=pid`: no file but those of
/// processes.
pub fn set_proc_options(options: Option<&str>) -> Result<()> {
    let Some(options) = options else { return Ok(()) };
    // A remount sets all flags anew, so those that are to stay are said again.
    let flags = MsFlags::MS_REMOUNT | MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
    sys::mount(None, "/proc", None, flags, Some(options))
}

/// `--sysctl NAME=VALUE`, as in Docker: parameters of the network namespace. Others are the whole machine's.
pub fn set_sysctls(settings: &[String]) -> Result<()> {
    for setting in settings {
        let wanted = setting.split_once('=').filter(|(name, _)| name.starts_with("net."));
        let (name, value) = wanted.ok_or_else(|| {
            Error::new(format!(
                "--sysctl {setting:?}: it reads net.NAME=VALUE; others are not the container's"
            ))
        })?;
        sys::write(Path::new("/proc/sys").join(name.replace('.', "/")), value)?;
    }
    Ok(())
}

/// `--memory-reservation BYTES`, as in Docker: so much the kernel takes back last, if the machine is short of it.
pub fn reserve_memory(group: &Group, reservation: Option<Bytes>) -> Result<()> {
    let Some(Bytes(bytes)) = reservation else { return Ok(()) };
    let (version, folder) = group.folder(Controller::Memory)?;
    let file = match version {
        Version::V1 => "memory.soft_limit_in_bytes",
        Version::V2 => "memory.low",
    };
    sys::write(folder.join(file), &bytes.to_string())
}

/// Say on standard error how often a process was refused, after the end: `pids.events` has the count.
pub fn tell_of_refusals(group: &Group) -> Result<()> {
    let Some((_, folder)) = group.find(Controller::Pids) else { return Ok(()) };
    let events = sys::read(folder.join("pids.events"))?;
    let count = events.lines().find_map(|line| line.strip_prefix("max ")).unwrap_or("0").trim();
    if count != "0" {
        cli::tell(&format!("{count} times a process was refused: its limit of pids was reached"));
    }
    Ok(())
}

/// `--device DEVICE`, as in Docker: a device of the host's, at the same path.
pub fn bind_devices(root: &Root, devices: &[PathBuf]) -> Result<()> {
    devices.iter().try_for_each(|device| Root::bind(device, &root.make_file(device)?, false))
}

/// `--diff`, as `docker diff`: what has changed in the root, on standard error. In the upper directory a removed file
/// is a whiteout, the character device 0:0.
pub fn tell_changes(wanted: bool, layers: &[PathBuf], upper: Option<&Path>) -> Result<()> {
    let Some(upper) = upper.filter(|_| wanted) else { return Ok(()) };
    let mut folders = vec![upper.join("upper")];
    while let Some(folder) = folders.pop() {
        for entry in fs_err::read_dir(folder)? {
            let entry = entry?;
            let file = entry.metadata()?;
            let inside = entry.path();
            let inside = inside.strip_prefix(upper.join("upper")).unwrap_or(&inside).to_owned();
            let was_there = layers.iter().any(|layer| layer.join(&inside).symlink_metadata().is_ok());
            let kind = match (file.file_type().is_char_device() && file.rdev() == 0, was_there) {
                (true, _) => 'D',
                (false, true) => 'C',
                (false, false) => 'A',
            };
            cli::tell(&format!("{kind} /{}", inside.display()));
            if file.is_dir() {
                folders.push(entry.path());
            }
        }
    }
    Ok(())
}

/// `--keep-id`, as Podman's `--userns keep-id`: the caller's number inside as well, and none of root's power. It is one
/// more user namespace: the one that we are in has given us the power for all that was set up.
pub fn keep_id(wanted: bool) -> Result<()> {
    if !wanted {
        return Ok(());
    }
    let caller = [outside("uid_map")?, outside("gid_map")?];
    let here = [Uid::effective().as_raw(), Gid::effective().as_raw()]; // after unshare both read as nobody
    sys::unshare(CloneFlags::CLONE_NEWUSER)?;
    sys::write("/proc/self/setgroups", "deny")?;
    sys::write("/proc/self/uid_map", &format!("{} {} 1", caller[0], here[0]))?;
    sys::write("/proc/self/gid_map", &format!("{} {} 1", caller[1], here[1]))
}

/// Who root inside is outside, by the first line of our own map.
fn outside(map: &str) -> Result<String> {
    let map = sys::read(Path::new("/proc/self").join(map))?;
    map.split_whitespace().nth(1).map(str::to_owned).ok_or_else(|| Error::new("nobody is mapped here"))
}

/// `--noroot`, as systemd's `SecureBits=noroot`: at execve the kernel gives root nothing for being root, whatever the
/// bounding set has. With the lock nobody in there takes it back.
pub fn set_noroot(wanted: bool) -> Result<()> {
    if !wanted {
        return Ok(());
    }
    sys::prctl_set_securebits(libc::SECBIT_NOROOT | libc::SECBIT_NOROOT_LOCKED)
}

/// `--block CALL,CALL`: a filter beside the other one. The calls with these names answer EPERM, and all others are made.
pub fn block(names: &[String]) -> Result<()> {
    if names.is_empty() {
        return Ok(());
    }
    let architecture = Architecture::native()?;
    let calls = architecture.calls();
    let mut rules = BTreeMap::new();
    for name in names {
        let number = calls.get(name.as_str());
        let number = number.ok_or_else(|| Error::new(format!("--block {name}: there is no such call")))?;
        rules.insert(i64::from(*number), vec![]); // without conditions: whatever its arguments are
    }
    let refused = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    load(SeccompFilter::new(rules, SeccompAction::Allow, refused, architecture.target()))
}

/// Compile `filter`, and give it to the kernel.
fn load(filter: Result<SeccompFilter, BackendError>) -> Result<()> {
    let program: BpfProgram =
        filter.and_then(TryInto::try_into).map_err(|error| Error::new(format!("--block: {error}")))?;
    let program: Vec<sock_filter> =
        program.into_iter().map(|i| sock_filter { code: i.code, jt: i.jt, jf: i.jf, k: i.k }).collect();
    sys::seccomp_set_mode_filter(&program)
}
