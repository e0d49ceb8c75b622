//! Files in /proc and /sys that are really calls into the kernel.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write},
    path::Path,
};

use nix::{
    errno::Errno,
    fcntl::{Flock, FlockArg},
};

use crate::{Result, call::call};

/// `chdir(2)`.
#[track_caller]
pub fn chdir(path: impl AsRef<Path>) -> Result<()> {
    let path = path.as_ref();
    call("chdir(2)", format!("chdir({path:?})"), || nix::unistd::chdir(path))
}

/// Write `text` to a kernel file in one `write(2)`: such files take a value whole or not at all.
#[track_caller]
pub fn write(path: impl AsRef<Path>, text: &str) -> Result<()> {
    let path = path.as_ref();
    call(page_of(path), format!("write({path:?}, {text:?})"), || {
        let open = OpenOptions::new().write(true).open(path);
        open.and_then(|mut file| file.write_all(text.as_bytes())).map_err(|error| errno_of(&error))
    })
}

/// Read a kernel file whole.
#[track_caller]
#[expect(clippy::disallowed_methods, reason = "the call's line names the path; fs-err would hide the errno")]
pub fn read(path: impl AsRef<Path>) -> Result<String> {
    let path = path.as_ref();
    call(page_of(path), format!("read({path:?})"), || {
        std::fs::read_to_string(path).map_err(|error| errno_of(&error))
    })
}

/// `flock(2)`: wait until nobody else has `path` locked, and lock it until the answer is dropped. The kernel
/// unlocks it too when this process dies.
#[track_caller]
pub fn flock_exclusive(path: impl AsRef<Path>) -> Result<Flock<File>> {
    let path = path.as_ref();
    call("flock(2)", format!("flock({path:?}, LOCK_EX)"), || {
        let file = File::open(path).map_err(|error| errno_of(&error))?;
        Flock::lock(file, FlockArg::LockExclusive).map_err(|(_, errno)| errno)
    })
}

impl crate::call::Outcome for Flock<File> {
    fn shown(&self) -> String {
        "0".into()
    }
}

impl crate::call::Outcome for String {
    fn shown(&self) -> String {
        format!("{} bytes", self.len())
    }
}

pub(crate) fn errno_of(error: &io::Error) -> Errno {
    error.raw_os_error().map_or(Errno::EIO, Errno::from_raw)
}

fn page_of(path: &Path) -> &'static str {
    match path.file_name().and_then(|name| name.to_str()) {
        Some("uid_map" | "gid_map" | "setgroups") => "user_namespaces(7)",
        _ if path.starts_with("/sys/fs/cgroup") => "cgroups(7)",
        _ => "proc(5)",
    }
}
