//! Looking up paths, and staying below a directory while doing so.

use std::{
    ffi::OsStr,
    os::fd::{AsRawFd, OwnedFd},
    path::{Path, PathBuf},
};

use nix::{
    errno::Errno,
    fcntl::{OFlag, OpenHow, ResolveFlag},
    sys::stat::Mode,
};

use crate::{
    Result,
    call::{Outcome, call, flag_names},
};

/// A descriptor that stands for a place and can do nothing else.
const PLACE: OFlag = OFlag::O_PATH.union(OFlag::O_CLOEXEC);

/// `open(2)` with O_PATH: the place that `path` names.
#[track_caller]
pub fn open_path(path: impl AsRef<Path>) -> Result<OwnedFd> {
    let path = path.as_ref();
    call("open(2)", format!("open({path:?}, O_PATH|O_CLOEXEC)"), || {
        nix::fcntl::open(path, PLACE, Mode::empty())
    })
}

/// `openat2(2)` with O_PATH: the place that `path` names below `directory`, as `resolve` has it.
#[track_caller]
pub fn openat2(directory: &OwnedFd, path: impl AsRef<Path>, resolve: ResolveFlag) -> Result<OwnedFd> {
    let path = path.as_ref();
    let line = format!("openat2({}, {path:?}, O_PATH, {})", directory.as_raw_fd(), flag_names!(resolve));
    call("openat2(2)", line, || {
        nix::fcntl::openat2(directory, path, OpenHow::new().flags(PLACE).resolve(resolve))
    })
}

/// `openat(2)` of a file `name` in `directory` that was not there before. Links are not followed.
#[track_caller]
pub fn create(directory: &OwnedFd, name: &OsStr) -> Result<()> {
    let line = format!("openat({}, {name:?}, O_CREAT|O_EXCL|O_CLOEXEC, 0644)", directory.as_raw_fd());
    call("openat(2)", line, || {
        let flags = OFlag::O_CREAT | OFlag::O_EXCL | OFlag::O_CLOEXEC;
        nix::fcntl::openat(directory, name, flags, Mode::from_bits_truncate(0o644)).map(drop)
    })
}

/// `mkdirat(2)` of `name` in `directory`.
#[track_caller]
pub fn mkdirat(directory: &OwnedFd, name: &OsStr) -> Result<()> {
    call("mkdirat(2)", format!("mkdirat({}, {name:?}, 0755)", directory.as_raw_fd()), || {
        nix::sys::stat::mkdirat(directory, name, Mode::from_bits_truncate(0o755))
    })
}

/// `symlinkat(2)`: a link `name` in `directory` that leads to `target`.
#[track_caller]
pub fn symlinkat(target: impl AsRef<Path>, directory: &OwnedFd, name: &OsStr) -> Result<()> {
    let target = target.as_ref();
    call("symlinkat(2)", format!("symlinkat({target:?}, {}, {name:?})", directory.as_raw_fd()), || {
        nix::unistd::symlinkat(target, directory, name)
    })
}

/// `fchdir(2)`.
#[track_caller]
pub fn fchdir(directory: &OwnedFd) -> Result<()> {
    call("fchdir(2)", format!("fchdir({})", directory.as_raw_fd()), || nix::unistd::fchdir(directory))
}

/// `getcwd(2)`: ENOENT where the working directory cannot be reached from the root.
#[track_caller]
pub fn getcwd() -> Result<PathBuf> {
    call("getcwd(2)", "getcwd()".into(), || {
        nix::unistd::getcwd().and_then(|path| {
            // The C library says ENOENT itself, but not every one of them.
            if path.is_absolute() { Ok(path) } else { Err(Errno::ENOENT) }
        })
    })
}

impl Outcome for PathBuf {
    fn shown(&self) -> String {
        format!("{self:?}")
    }
}
