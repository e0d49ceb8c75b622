//! Devices: a `/dev` with what every program may expect, and no disk among it.
//!
//! Runs in: child. After: `rootfs::mount`. Before: `rootfs::pivot`, while the host's `/dev` is there.
//! Kernel: null(4), tty(4), pts(4); Documentation/filesystems/devpts.rst.
//! See it: `ls -l /dev`, inside and outside.

use std::path::Path;

use sys::{MsFlags, Result};

use crate::root::Root;

/// The devices. A real runtime makes them with mknod(2); in a user namespace the kernel forbids that, because
/// whoever may make a device may make the host's disk. A bind mount of the host's own works everywhere.
const NODES: [&str; 6] = ["null", "zero", "full", "random", "urandom", "tty"];

/// Links that programs expect, and where they lead inside.
const LINKS: [(&str, &str); 6] = [
    ("fd", "/proc/self/fd"),
    ("stdin", "/proc/self/fd/0"),
    ("stdout", "/proc/self/fd/1"),
    ("stderr", "/proc/self/fd/2"),
    ("ptmx", "pts/ptmx"), // so that a new terminal is one of the devpts below
    ("core", "/proc/kcore"),
];

/// Make `/dev` in `root`.
pub fn make(root: &Root) -> Result<()> {
    let dev = Path::new("dev");
    let closed = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
    // MS_NODEV: a device file that somebody makes here is of no use. Those below are mounts with flags of their own.
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV;
    root.mount("tmpfs", "dev", flags, Some("mode=755,size=64k"))?;
    for name in NODES {
        Root::bind(&Path::new("/dev").join(name), &root.make_file(&dev.join(name))?, false)?;
    }
    for (name, target) in LINKS {
        root.make_link(&dev.join(name), Path::new(target))?;
    }
    let terminals = MsFlags::MS_NOSUID | MsFlags::MS_NOEXEC;
    root.mount("devpts", "dev/pts", terminals, Some("newinstance,ptmxmode=0666,mode=0620"))?;
    root.mount("mqueue", "dev/mqueue", closed, None)?; // of our IPC namespace
    root.mount("tmpfs", "dev/shm", closed, Some("mode=1777,size=64m"))
}
