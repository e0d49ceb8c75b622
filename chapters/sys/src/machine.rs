//! What the kernel says about itself.

use std::ffi::CStr;

use nix::errno::Errno;

use crate::{Result, call::call};

/// `uname(2)`: the release of the running kernel, such as `6.1.0-32-amd64`.
#[track_caller]
#[allow(unsafe_code)]
pub fn kernel_release() -> Result<String> {
    call("uname(2)", "uname()".into(), || {
        // SAFETY: an all-zero utsname is a valid value, it consists of arrays of characters only.
        let mut names: libc::utsname = unsafe { std::mem::zeroed() };
        // SAFETY: the kernel fills one utsname, and `names` is one that outlives the call.
        Errno::result(unsafe { libc::uname(&raw mut names) })?;
        // SAFETY: the kernel ends each name with a NUL byte, and the array was zero before.
        let release = unsafe { CStr::from_ptr(names.release.as_ptr()) };
        Ok(release.to_string_lossy().into_owned())
    })
}
