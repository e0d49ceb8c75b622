//! The root inside: a file system in memory, with the host's /usr and the shared folders in it.
//!
//! The kernel starts with the host's whole root, read-only, because init itself is on it. That is hidden here:
//! what is not in the new root is not there. (Root inside can mount hostfs again and see what the caller may
//! see: the lab is a machine to learn in, and no prison.)

use std::{
    os::unix::fs::{PermissionsExt, symlink},
    path::Path,
};

use sys::{CloneFlags, Errno, MntFlags, MsFlags, Result};

use crate::frame::Job;

/// Where the new root is made: a folder that every host has.
const NEW: &str = "/tmp";

/// What init takes from the host's /etc: nothing that is anybody's secret.
const FROM_ETC: &[&str] = &["ld.so.cache", "localtime", "protocols", "services"];

/// What is written into /etc.
const ETC: &[(&str, &str)] = &[
    ("passwd", "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"),
    ("group", "root:x:0:\ntty:x:5:\nnogroup:x:65534:\n"),
    ("hosts", "127.0.0.1 localhost lab\n::1 localhost\n"),
    ("hostname", "lab\n"),
    ("bash.bashrc", "PS1='\\u@\\h:\\w\\$ '\n"),
];

/// Make it, and move there.
pub fn make(job: &Job) -> Result<()> {
    sys::unshare(CloneFlags::CLONE_NEWNS)?; // the machine's would do as well; the seat belt of `sys` asks for it
    sys::mount(Some("root"), NEW, Some("tmpfs"), MsFlags::empty(), Some("mode=755"))?;
    let new = Path::new(NEW);
    for folder in
        ["dev", "etc", "home", "mnt", "opt", "proc", "run", "srv", "sys", "tmp", "usr", "var/lib", "var/tmp"]
    {
        fs_err::create_dir_all(new.join(folder))?;
    }
    fs_err::create_dir(new.join("root"))?;
    for (folder, mode) in [("root", 0o700), ("tmp", 0o1777), ("var/tmp", 0o1777)] {
        fs_err::set_permissions(new.join(folder), PermissionsExt::from_mode(mode))?;
    }
    share_system(new)?;
    write_etc(new)?;
    mount_kernel(new)?;
    let home = job.environment.iter().find_map(|variable| variable.to_str()?.strip_prefix("HOME=/"));
    for folder in home.map(Path::new).into_iter().chain(job.workdir.strip_prefix("/")) {
        fs_err::create_dir_all(new.join(folder)).ok(); // below /usr it is there, or chdir will say so
    }
    for volume in &job.volumes {
        share(new, volume, MsFlags::empty())?; // last: whatever is made above is not made on the host
    }
    enter(new)?;
    sys::sethostname("lab")
}

/// The host's programs and libraries, read-only.
fn share_system(new: &Path) -> Result<()> {
    share(new, Path::new("/usr"), MsFlags::MS_RDONLY)?;
    for name in ["bin", "sbin", "lib", "lib32", "lib64", "libx32"] {
        let host = Path::new("/").join(name);
        match fs_err::read_link(&host) {
            Ok(target) => symlink(target, new.join(name))?,
            Err(_) if host.is_dir() => share(new, &host, MsFlags::MS_RDONLY)?,
            Err(_) => {}
        }
    }
    Ok(())
}

fn write_etc(new: &Path) -> Result<()> {
    let etc = new.join("etc");
    for (name, text) in ETC {
        fs_err::write(etc.join(name), text)?;
    }
    for name in FROM_ETC {
        let host = Path::new("/etc").join(name);
        if host.exists() {
            fs_err::copy(&host, etc.join(name))?;
        }
    }
    let alternatives = Path::new("/etc/alternatives"); // links, such as the one behind /usr/bin/awk
    if alternatives.is_dir() { share(new, alternatives, MsFlags::MS_RDONLY) } else { Ok(()) }
}

/// The kernel's own file systems.
fn mount_kernel(new: &Path) -> Result<()> {
    let safe = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
    let no_suid = MsFlags::MS_NOSUID;
    mount(new, "proc", "proc", safe, None)?;
    mount(new, "sys", "sysfs", safe, None)?;
    mount(new, "sys/fs/cgroup", "cgroup2", safe, Some("nsdelegate"))?;
    mount(new, "dev", "devtmpfs", no_suid, Some("mode=755"))?;
    for (name, target) in [("fd", "fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2")] {
        match symlink(Path::new("/proc/self").join(target), new.join("dev").join(name)) {
            Err(error) if error.raw_os_error() != Some(Errno::EEXIST as i32) => return Err(error.into()),
            _ => {}
        }
    }
    for name in ["pts", "shm", "mqueue"] {
        fs_err::create_dir_all(new.join("dev").join(name))?;
    }
    mount(
        new,
        "dev/pts",
        "devpts",
        MsFlags::MS_NOSUID | MsFlags::MS_NOEXEC,
        Some("gid=5,mode=620,ptmxmode=666"),
    )?;
    mount(new, "dev/shm", "tmpfs", MsFlags::MS_NOSUID | MsFlags::MS_NODEV, Some("mode=1777"))?;
    mount(new, "dev/mqueue", "mqueue", safe, None)
}

fn mount(new: &Path, folder: &str, kind: &str, flags: MsFlags, options: Option<&str>) -> Result<()> {
    sys::mount(Some(kind), new.join(folder), Some(kind), flags, options)
}

/// The host's folder at the same path inside.
fn share(new: &Path, host: &Path, flags: MsFlags) -> Result<()> {
    let inside = new.join(host.strip_prefix("/").unwrap_or(host));
    fs_err::create_dir_all(&inside)?;
    let path = host.to_str().ok_or_else(|| sys::Error::new(format!("{host:?}: a path that is not UTF-8")))?;
    sys::mount(Some("none"), inside, Some("hostfs"), flags, Some(path))
}

/// `new` becomes the root, and the host's is gone.
fn enter(new: &Path) -> Result<()> {
    sys::chdir(new)?;
    sys::pivot_root(".", ".")?; // the old root is now mounted over the new one, pivot_root(2)
    sys::umount2(".", MntFlags::MNT_DETACH)?;
    sys::chdir("/")?;
    // As systemd does: what a mount namespace is good for shows only where mounts spread.
    sys::mount(None, "/", None, MsFlags::MS_SHARED | MsFlags::MS_REC, None)
}
