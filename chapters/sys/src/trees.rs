//! Trees of mounts as descriptors: the mount calls of Linux 5.2 and later.
//!
//! A tree is taken from somewhere, changed while nobody can reach it, and moved to its place. Both ends are
//! descriptors, so that no path is looked up a second time.

use std::{
    ffi::CString,
    os::{
        fd::{AsFd, AsRawFd, FromRawFd, OwnedFd, RawFd},
        unix::ffi::OsStrExt,
    },
    path::Path,
};

use nix::{errno::Errno, sys::statvfs::FsFlags};

use crate::{
    Result,
    call::{Outcome, call, flag_names},
};

/// `open_tree(2)`: a copy of the mount at `path` and of those below it, in no place yet.
#[track_caller]
pub fn open_tree(path: impl AsRef<Path>) -> Result<OwnedFd> {
    let path = path.as_ref();
    call("open_tree(2)", format!("open_tree(AT_FDCWD, {path:?}, OPEN_TREE_CLONE|AT_RECURSIVE)"), || {
        raw_open_tree(libc::AT_FDCWD, path)
    })
}

/// The same for a `path` below the open `directory`.
#[track_caller]
pub fn open_tree_below(directory: impl AsFd, path: impl AsRef<Path>) -> Result<OwnedFd> {
    let (directory, path) = (directory.as_fd().as_raw_fd(), path.as_ref());
    call("open_tree(2)", format!("open_tree({directory}, {path:?}, OPEN_TREE_CLONE|AT_RECURSIVE)"), || {
        raw_open_tree(directory, path)
    })
}

#[allow(unsafe_code)]
fn raw_open_tree(directory: RawFd, path: &Path) -> nix::Result<OwnedFd> {
    let path = CString::new(path.as_os_str().as_bytes()).map_err(|_| Errno::EINVAL)?;
    let recursive = libc::c_uint::try_from(libc::AT_RECURSIVE).map_err(|_| Errno::EINVAL)?;
    let flags = libc::OPEN_TREE_CLONE | libc::OPEN_TREE_CLOEXEC | recursive;
    // SAFETY: the kernel reads the path up to its NUL byte; it outlives the call.
    let answer = unsafe { libc::syscall(libc::SYS_open_tree, directory, path.as_ptr(), flags) };
    let number = Errno::result(answer)?;
    // SAFETY: the kernel has just opened this descriptor for us, and nobody else knows it.
    RawFd::try_from(number).map(|number| unsafe { OwnedFd::from_raw_fd(number) }).map_err(|_| Errno::EBADF)
}

/// `mount_setattr(2)` with AT_RECURSIVE: make all mounts of `tree` read-only.
#[track_caller]
pub fn tree_setattr_readonly(tree: &OwnedFd) -> Result<()> {
    call("mount_setattr(2)", setattr_line(tree, "MOUNT_ATTR_RDONLY"), || {
        raw_tree_setattr(tree, libc::MOUNT_ATTR_RDONLY)
    })
}

/// The same for MOUNT_ATTR_NODEV: a device file in `tree` is nothing but a name.
#[track_caller]
pub fn tree_setattr_nodev(tree: &OwnedFd) -> Result<()> {
    call("mount_setattr(2)", setattr_line(tree, "MOUNT_ATTR_NODEV"), || {
        raw_tree_setattr(tree, libc::MOUNT_ATTR_NODEV)
    })
}

fn setattr_line(tree: &OwnedFd, attribute: &str) -> String {
    format!("mount_setattr({}, \"\", AT_EMPTY_PATH|AT_RECURSIVE, set {attribute})", tree.as_raw_fd())
}

#[allow(unsafe_code)]
fn raw_tree_setattr(tree: &OwnedFd, attribute: u64) -> nix::Result<()> {
    // SAFETY: an all-zero mount_attr is a valid value, it consists of integers only.
    let mut attributes: libc::mount_attr = unsafe { std::mem::zeroed() };
    attributes.attr_set = attribute;
    // SAFETY: the kernel reads an empty string and size_of(mount_attr) bytes of a struct; both outlive the call.
    let answer = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            tree.as_raw_fd(),
            c"".as_ptr(),
            libc::AT_EMPTY_PATH | libc::AT_RECURSIVE,
            &raw mut attributes,
            size_of::<libc::mount_attr>(),
        )
    };
    Errno::result(answer).map(drop)
}

/// `statvfs(3)`: whether the mount in which the file at `path` is seen is read-only.
#[track_caller]
pub fn is_read_only(path: impl AsRef<Path>) -> Result<bool> {
    let path = path.as_ref();
    let flags =
        call("statvfs(3)", format!("statvfs({path:?})"), || Ok(nix::sys::statvfs::statvfs(path)?.flags()))?;
    Ok(flags.contains(FsFlags::ST_RDONLY))
}

impl Outcome for FsFlags {
    fn shown(&self) -> String {
        flag_names!(self)
    }
}

/// `move_mount(2)`: put `tree` on the open file or directory `place`.
#[track_caller]
#[allow(unsafe_code)]
pub fn move_mount(tree: &OwnedFd, place: &OwnedFd) -> Result<()> {
    let (tree, place) = (tree.as_raw_fd(), place.as_raw_fd());
    let line =
        format!("move_mount({tree}, \"\", {place}, \"\", MOVE_MOUNT_F_EMPTY_PATH|MOVE_MOUNT_T_EMPTY_PATH)");
    call("move_mount(2)", line, || {
        let flags = libc::MOVE_MOUNT_F_EMPTY_PATH | libc::MOVE_MOUNT_T_EMPTY_PATH;
        // SAFETY: the kernel reads two empty strings, which live for ever.
        let answer =
            unsafe { libc::syscall(libc::SYS_move_mount, tree, c"".as_ptr(), place, c"".as_ptr(), flags) };
        Errno::result(answer).map(drop)
    })
}
