//! Mounts.

use std::path::Path;

use nix::mount::{MntFlags, MsFlags};

use crate::{
    Result,
    call::{call, flag_names},
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
