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
    // Exercise 9.1: A stack of layers.
    // Mount an overlay: `layers` on `root`, read-only, and what is written goes to `upper`, or to a new Root in
    // memory. Its directories are called upper and work. Without layers and upper the root stays as it is.
    // Then put `let root = layers::stack(root, &run.layer, run.upper.as_deref())?;` where it belongs in stage.rs.
    // Read: overlayfs.rst in the kernel's documentation.
    // The page: book/src/ch09-layers.md. A hint: cargo run -p exercises -- hint 9.1
    not_written!("9.1", Ok(root))
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
    // Exercise 9.2: The topmost first.
    // The option lowerdir is a list of directories with colons between them, the topmost first. Here the last of
    // `layers` is the topmost and `root` the lowest. Read: overlayfs.rst, "Multiple lower layers".
    // The page: book/src/ch09-layers.md. A hint: cargo run -p exercises -- hint 9.2
    not_written!("9.2", String::new())
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
