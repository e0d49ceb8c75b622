//! Namespaces, and what only exists in one.

use std::{ffi::OsStr, os::unix::ffi::OsStrExt, path::Path};

use nix::{errno::Errno, sched::CloneFlags};

use crate::{
    Result,
    call::{call, flag_names},
    seat_belt,
};

/// `unshare(2)`: move this process into new namespaces (for a PID namespace: its future children).
#[track_caller]
pub fn unshare(namespaces: CloneFlags) -> Result<()> {
    call("unshare(2)", format!("unshare({})", flag_names!(namespaces)), || nix::sched::unshare(namespaces))?;
    seat_belt::entered(namespaces);
    Ok(())
}

/// `setns(2)`: move this process into the namespace that the file `path` stands for.
#[track_caller]
pub fn setns(path: impl AsRef<Path>, kind: CloneFlags) -> Result<()> {
    let path = path.as_ref();
    call("setns(2)", format!("setns({path:?}, {})", flag_names!(kind)), || {
        let errno_of = |error: std::io::Error| error.raw_os_error().map_or(Errno::EIO, Errno::from_raw);
        nix::sched::setns(std::fs::File::open(path).map_err(errno_of)?, kind)
    })
}

/// `sethostname(2)`: name the UTS namespace that this process is in. At most 64 bytes.
#[track_caller]
pub fn sethostname(name: impl AsRef<OsStr>) -> Result<()> {
    let name = name.as_ref();
    call("sethostname(2)", format!("sethostname({name:?}, {})", name.len()), || {
        nix::unistd::sethostname(name)
    })
}

/// `setdomainname(2)`: the NIS domain name, the other name in a UTS namespace.
#[track_caller]
#[allow(unsafe_code)]
pub fn setdomainname(name: impl AsRef<OsStr>) -> Result<()> {
    let name = name.as_ref();
    call("setdomainname(2)", format!("setdomainname({name:?}, {})", name.len()), || {
        // SAFETY: the kernel reads `len` bytes, and the slice outlives the call.
        Errno::result(unsafe { libc::setdomainname(name.as_bytes().as_ptr().cast(), name.len()) }).map(drop)
    })
}
