//! Directories: plain ones, control groups, and the root; and device files, which are made in them.

use std::path::Path;

use nix::{
    errno::Errno,
    sys::stat::{self, Mode, SFlag},
};

use crate::{Result, call::call, seat_belt};

/// `mkdir(2)`. In a cgroup file system this makes a control group.
#[track_caller]
pub fn mkdir(path: impl AsRef<Path>) -> Result<()> {
    let path = path.as_ref();
    call("mkdir(2)", format!("mkdir({path:?}, 0755)"), || {
        nix::unistd::mkdir(path, Mode::from_bits_truncate(0o755))
    })
}

/// `mknod(2)`: a device file, of a disk (`block`) or of something else, that only its owner may use.
#[track_caller]
pub fn mknod(path: impl AsRef<Path>, block: bool, (major, minor): (u64, u64)) -> Result<()> {
    let path = path.as_ref();
    let (kind, name) = if block { (SFlag::S_IFBLK, "S_IFBLK") } else { (SFlag::S_IFCHR, "S_IFCHR") };
    call("mknod(2)", format!("mknod({path:?}, {name}|0600, makedev({major}, {minor}))"), || {
        stat::mknod(path, kind, Mode::S_IRUSR | Mode::S_IWUSR, stat::makedev(major, minor))
    })
}

/// `rmdir(2)`. A control group can be removed when no process and no group is left in it.
#[track_caller]
pub fn rmdir(path: impl AsRef<Path>) -> Result<()> {
    let path = path.as_ref();
    call("rmdir(2)", format!("rmdir({path:?})"), || {
        fs_err::remove_dir(path).map_err(|error| error.raw_os_error().map_or(Errno::EIO, Errno::from_raw))
    })
}

/// `pivot_root(2)`: `new_root` becomes the root of this mount namespace, the old one moves to `put_old`.
#[track_caller]
pub fn pivot_root(new_root: impl AsRef<Path>, put_old: impl AsRef<Path>) -> Result<()> {
    let (new_root, put_old) = (new_root.as_ref(), put_old.as_ref());
    let line = format!("pivot_root({new_root:?}, {put_old:?})");
    seat_belt::needs_own_mounts(&line)?;
    call("pivot_root(2)", line, || nix::unistd::pivot_root(new_root, put_old))
}
