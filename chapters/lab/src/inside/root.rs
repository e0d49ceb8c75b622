//! The root inside: that of a container (chapter 8), with the shared folders in it and the machine's own devices.
//!
//! The kernel starts with the host's whole root, read-only, because init itself is on it. That is hidden here:
//! what is not in the new root is not there. (Root inside can mount hostfs again and see what the caller may
//! see: the lab is a machine to learn in, and no prison.)

use std::{
    os::fd::OwnedFd,
    path::{Path, PathBuf},
};

use ch04::mounts;
use ch08::{
    default_root,
    root::{Root, path_of},
    rootfs,
};
use sys::{CloneFlags, MsFlags, Result};

use crate::frame::Job;

/// What the default root's /etc does not have.
const ETC: &[(&str, &str)] = &[("hosts", "127.0.0.1 localhost lab\n::1 localhost\n"), ("hostname", "lab\n")];

/// Make it, and move there.
pub fn make(job: &Job) -> Result<()> {
    sys::unshare(CloneFlags::CLONE_NEWNS)?; // the machine's would do as well; the seat belt of `sys` asks for it
    mounts::make_private()?;
    mounts::mount_proc()?; // over the host's: paths of descriptors are in it
    let root = Root::cover()?;
    default_root::fill(&root)?;
    for (name, text) in ETC {
        fs_err::write(path_of(root.descriptor()).join("etc").join(name), text)?;
    }
    mount_kernel(&root)?;
    let home = job.environment.iter().find_map(|variable| variable.to_str()?.strip_prefix("HOME=/"));
    for folder in home.map(Path::new).into_iter().chain([job.workdir.as_path()]) {
        root.make_directory(folder).ok(); // below /usr it is there, or chdir will say so
    }
    for volume in &job.volumes {
        share(&root.make_directory(volume)?, volume)?; // last: what is made above is not made on the host
    }
    rootfs::detach(rootfs::pivot(&root)?)?;
    // As systemd does: what a mount namespace is good for shows only where mounts spread.
    sys::mount(None, "/", None, MsFlags::MS_SHARED | MsFlags::MS_REC, None)?;
    sys::sethostname("lab")
}

/// The kernel's own file systems.
fn mount_kernel(root: &Root) -> Result<()> {
    let safe = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
    root.mount("proc", "proc", safe, None)?;
    root.mount("sysfs", "sys", safe, None)?;
    root.mount("cgroup2", "sys/fs/cgroup", safe, Some("nsdelegate"))?;
    root.mount("devtmpfs", "dev", MsFlags::MS_NOSUID, Some("mode=755"))?; // all of the machine's
    for (name, target) in [("fd", "fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2")] {
        root.make_link(&Path::new("dev").join(name), &PathBuf::from("/proc/self").join(target))?;
    }
    let terminals = MsFlags::MS_NOSUID | MsFlags::MS_NOEXEC;
    root.mount("devpts", "dev/pts", terminals, Some("gid=5,mode=620,ptmxmode=666"))?;
    root.mount("tmpfs", "dev/shm", MsFlags::MS_NOSUID | MsFlags::MS_NODEV, Some("mode=1777"))?;
    root.mount("mqueue", "dev/mqueue", safe, None)
}

/// The host's folder at its `place`. A hostfs of its own, because the one that the kernel started with is read-only.
fn share(place: &OwnedFd, host: &Path) -> Result<()> {
    let path = host.to_str().ok_or_else(|| sys::Error::new(format!("{host:?}: a path that is not UTF-8")))?;
    sys::mount(Some("none"), path_of(place), Some("hostfs"), MsFlags::empty(), Some(path))
}
