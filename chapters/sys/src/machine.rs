//! The kernel itself: what it says, what it learns, how it ends.

use std::{convert::Infallible, ffi::CStr, fs::File, path::Path};

use nix::{errno::Errno, kmod::ModuleInitFlags, sys::reboot::RebootMode};

use crate::{
    Result,
    call::{call, call_shown_before},
};

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

/// Whether the kernel is a process of another one: user-mode Linux, which the lab boots.
pub fn in_user_mode_linux() -> bool {
    fs_err::read_to_string("/proc/cpuinfo").is_ok_and(|text| text.contains("User Mode Linux"))
}

/// `finit_module(2)`: let the kernel load the module in the file `path`. EEXIST says that it has it already.
#[track_caller]
pub fn finit_module(path: impl AsRef<Path>) -> Result<()> {
    let path = path.as_ref();
    call("init_module(2)", format!("finit_module({path:?}, \"\", 0)"), || {
        let file = File::open(path).map_err(|error| crate::files::errno_of(&error))?;
        nix::kmod::finit_module(file, c"", ModuleInitFlags::empty())
    })
}

/// `reboot(LINUX_REBOOT_CMD_POWER_OFF)`: the machine ends here and now.
#[track_caller]
pub fn power_off() -> Result<Infallible> {
    call_shown_before("reboot(2)", "reboot(LINUX_REBOOT_CMD_POWER_OFF)", || {
        nix::sys::reboot::reboot(RebootMode::RB_POWER_OFF)
    })
}
