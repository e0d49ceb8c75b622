//! Mounts.

use std::{ffi::CString, os::unix::ffi::OsStrExt, path::Path};

use nix::{
    errno::Errno,
    mount::{MntFlags, MsFlags},
};

use crate::{
    Result,
    call::{call, flag_names},
    seat_belt,
};

/// `mount(2)`. What is `None` is a null pointer.
#[track_caller]
pub fn mount(
    source: Option<&str>,
    target: impl AsRef<Path>,
    fstype: Option<&str>,
    flags: MsFlags,
    data: Option<&str>,
) -> Result<()> {
    let target = target.as_ref();
    let quoted = |text: Option<&str>| text.map_or("NULL".into(), |text| format!("{text:?}"));
    let line = format!(
        "mount({}, {target:?}, {}, {}, {})",
        quoted(source),
        quoted(fstype),
        flag_names!(flags),
        quoted(data)
    );
    if target == Path::new("/") {
        seat_belt::needs_own_mounts(&line)?;
    }
    call("mount(2)", line, || nix::mount::mount(source, target, fstype, flags, data))
}

/// `umount2(2)`.
#[track_caller]
pub fn umount2(target: impl AsRef<Path>, flags: MntFlags) -> Result<()> {
    let target = target.as_ref();
    call("umount(2)", format!("umount2({target:?}, {})", flag_names!(flags)), || {
        nix::mount::umount2(target, flags)
    })
}

/// `mount_setattr(2)` with AT_RECURSIVE: make `target` and every mount below it read-only, or writable.
#[track_caller]
pub fn mount_setattr_readonly(target: impl AsRef<Path>, readonly: bool) -> Result<()> {
    let target = target.as_ref();
    let attribute = if readonly { "set" } else { "clear" };
    let line = format!("mount_setattr({target:?}, AT_RECURSIVE, {attribute} MOUNT_ATTR_RDONLY)");
    call("mount_setattr(2)", line, || raw_mount_setattr(target, libc::AT_RECURSIVE, readonly))
}

/// `mount_setattr(2)`: make the mount `target` read-only, and none of those below it.
#[track_caller]
pub fn mount_setattr_readonly_alone(target: impl AsRef<Path>) -> Result<()> {
    let target = target.as_ref();
    let line = format!("mount_setattr({target:?}, 0, set MOUNT_ATTR_RDONLY)");
    if target == Path::new("/") {
        seat_belt::needs_own_mounts(&line)?;
    }
    call("mount_setattr(2)", line, || raw_mount_setattr(target, 0, true))
}

#[allow(unsafe_code)]
fn raw_mount_setattr(target: &Path, flags: libc::c_int, readonly: bool) -> nix::Result<()> {
    let target = CString::new(target.as_os_str().as_bytes()).map_err(|_| Errno::EINVAL)?;
    // SAFETY: an all-zero mount_attr is a valid value, it consists of integers only.
    let mut attributes: libc::mount_attr = unsafe { std::mem::zeroed() };
    *if readonly { &mut attributes.attr_set } else { &mut attributes.attr_clr } = libc::MOUNT_ATTR_RDONLY;
    // SAFETY: the kernel reads the path up to its NUL byte and size_of(mount_attr) bytes of a struct;
    // both outlive the call.
    let answer = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            libc::AT_FDCWD,
            target.as_ptr(),
            flags,
            &raw mut attributes,
            size_of::<libc::mount_attr>(),
        )
    };
    Errno::result(answer).map(drop)
}
