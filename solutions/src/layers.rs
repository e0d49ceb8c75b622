//! Layers: directories that look like one, of which only the uppermost is written to.
//!
//! Runs in: child. After: `rootfs::mount`, whose root becomes the lowest layer. Before: anything is mounted in it.
//! Kernel: Documentation/filesystems/overlayfs.rst.
//! See it: `grep overlay /proc/self/mountinfo`, inside, and `ls -l` of the directory that is given with --upper.

use std::{
    os::fd::OwnedFd,
    path::{Path, PathBuf},
};

use crate::{
    default_root,
    root::{Root, path_of},
};
use sys::{Errno, Error, MsFlags, ResolveFlag, Result};

/// Stack `layers` on `root`, the first one lowest. What is written goes to `upper`, or to memory where none is given.
/// Without any of them the root stays as it is.
pub fn stack(root: Root, layers: &[PathBuf], upper: Option<&Path>) -> Result<Root> {
    if layers.is_empty() && upper.is_none() {
        return Ok(root);
    }
    let layers = layers.iter().map(sys::open_path).collect::<Result<Vec<_>>>()?;
    let scratch = match upper {
        Some(directory) => Root::open(directory)?,
        None => Root::cover()?, // a tmpfs, gone with the container
    };
    let upper = scratch.make_directory(Path::new("upper"))?;
    let work = scratch.make_directory(Path::new("work"))?; // overlayfs prepares there what it moves to the upper one
    let lower = lower_first(root.descriptor(), &layers);
    let mut options = format!(
        "lowerdir={lower},upperdir={},workdir={}",
        path_of(&upper).display(),
        path_of(&work).display()
    );
    if in_user_namespace()? {
        options += ",userxattr"; // its notes on files are for root's eyes otherwise, and we are not the machine's root
    }
    sys::mount(Some("overlay"), "/", Some("overlay"), MsFlags::MS_NODEV, Some(&options)).map_err(why_not)?;
    let stacked = Root::open(Path::new("/.."))?;
    carry_mounts(&root, &stacked)?;
    Ok(stacked)
}

/// Overlayfs takes directories, and does not look into what is mounted in them: in the default root, the host's
/// programs. So these mounts are put on the stack as well.
fn carry_mounts(root: &Root, stacked: &Root) -> Result<()> {
    for name in default_root::names() {
        let flags = ResolveFlag::RESOLVE_NO_XDEV | ResolveFlag::RESOLVE_NO_SYMLINKS;
        let found = sys::openat2(root.descriptor(), name, flags);
        if found.is_err_and(|error| error.errno() == Some(Errno::EXDEV)) {
            let tree = sys::open_tree_below(root.descriptor(), name)?;
            sys::move_mount(&tree, &stacked.make_directory(Path::new(name))?)?;
        }
    }
    Ok(())
}

/// The option `lowerdir`, which has the topmost layer first. As descriptors, so that no path needs its colons and
/// commas escaped.
fn lower_first(root: &OwnedFd, layers: &[OwnedFd]) -> String {
    let topmost_first = layers.iter().rev().chain([root]);
    topmost_first.map(|layer| path_of(layer).display().to_string()).collect::<Vec<_>>().join(":")
}

/// Whether we are in a user namespace that somebody made: the first one maps all numbers to themselves.
fn in_user_namespace() -> Result<bool> {
    Ok(!sys::read("/proc/self/uid_map")?.split_whitespace().eq(["0", "0", "4294967295"]))
}

/// What is behind an error that says little.
fn why_not(error: Error) -> Error {
    match error.errno() {
        Some(Errno::ENODEV) => error
            .why("this kernel has no overlayfs, or its module is not loaded")
            .remedy("As root: modprobe overlay. minicontainer doctor looks for it."),
        Some(Errno::EINVAL) => error
            .why("overlayfs refuses one of the directories, mostly because --upper is itself on an overlay")
            .remedy("Give --upper a directory on an ordinary file system or a tmpfs, and look at dmesg."),
        Some(Errno::EPERM) => error
            .why("before Linux 5.11 only the machine's root may mount an overlay")
            .remedy("Run it as root, or without --layer and --upper."),
        _ => error,
    }
}
