//! Rootfs: another root, and the old one gone.
//!
//! Runs in: child. After: `mounts::make_private`. `detach` after the kernel's file systems are mounted.
//! Kernel: pivot_root(2), mount_namespaces(7).
//! See it: `ls /` and `cat /proc/self/mountinfo`, inside and outside.

use std::{os::fd::OwnedFd, path::Path};

use sys::{Error, MntFlags, Result};

use crate::{default_root, root::Root};

/// Mount what becomes the root: `directory`, or the default root where none is given. `pivot_root(2)` wants a
/// mount, not just a directory.
pub fn mount(directory: Option<&Path>) -> Result<Root> {
    let root = if let Some(directory) = directory {
        let tree = sys::open_tree(directory)
            .map_err(|error| error.remedy("--rootfs takes a directory with the files of a system in it."))?;
        sys::tree_setattr_nodev(&tree)?; // a device file in it, or made in it, leads to no device of the host
        sys::move_mount(&tree, &sys::open_path(directory)?)?; // onto itself
        Root::open(directory)?
    } else {
        let root = Root::cover()?;
        default_root::fill(&root)?;
        root
    };
    ["proc", "sys", "dev"].iter().try_for_each(|name| root.make_ordinary_directory(name))?;
    Ok(root)
}

/// The root that was, held by a descriptor: it has no path any more that we would trust.
#[derive(Debug)]
pub struct OldRoot(pub(crate) OwnedFd);

/// Make `root` the root of this mount namespace and of all that runs in it. The old one is mounted on top of it
/// for now, where only `..` leads to it.
pub fn pivot(root: &Root) -> Result<OldRoot> {
    // Exercise 8.1: Another root.
    // pivot: make `root` the root, the old one on top of it, held by a descriptor. detach: take it away.
    // Then put these lines where they belong in stage.rs, in the right order: rootfs::mount, volumes::bind,
    // rootfs::pivot, sysfs::mount, cgroupfs::mount, rootfs::detach, rootfs::make_read_only, rootfs::check_working_directory
    // (the page has them as they are written). Read: pivot_root(2), with the example at its end.
    // The page: book/src/ch08-pivot-root.md. A hint: cargo run -p exercises -- hint 8.1
    not_written!("8.1")
}

/// Take the old root away, with all that is mounted in it. Not before `/proc` and `/sys` are mounted: in a user
/// namespace the kernel gives new ones only to who can see the old ones.
pub fn detach(old_root: OldRoot) -> Result<()> {
    // Exercise 8.1: Another root.
    // pivot: make `root` the root, the old one on top of it, held by a descriptor. detach: take it away.
    // Then put these lines where they belong in stage.rs, in the right order: rootfs::mount, volumes::bind,
    // rootfs::pivot, sysfs::mount, cgroupfs::mount, rootfs::detach, rootfs::make_read_only, rootfs::check_working_directory
    // (the page has them as they are written). Read: pivot_root(2), with the example at its end.
    // The page: book/src/ch08-pivot-root.md. A hint: cargo run -p exercises -- hint 8.1
    not_written!("8.1")
}

/// Let nobody write to the root, if that is asked for. What is mounted in it stays as it is.
pub fn make_read_only(wanted: bool) -> Result<()> {
    if wanted { sys::mount_setattr_readonly_alone("/") } else { Ok(()) }
}

/// Whether we are inside. `--workdir /proc/self/fd/7` leads to whatever descriptor 7 is: if the caller left a
/// directory of the host open, out again (CVE-2024-21626).
pub fn check_working_directory() -> Result<()> {
    sys::getcwd().map(drop).map_err(|_| {
        Error::new("the working directory is not inside the container")
            .why("--workdir leads to a directory that the caller has left open, outside of the new root")
            .remedy("Name a directory of the container.")
    })
}
