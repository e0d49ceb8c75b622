//! Root file system: what the container finds at `/`.
//!
//! Runs in: child. After: `mounts::make_private`. Kernel: pivot_root(2), mount(2), path_resolution(7).
//! See it: `ls /`, `findmnt`, inside and outside.

use std::path::{Path, PathBuf};

use sys::Result;

/// A root that is being furnished: its mount point, as the host still names it.
#[derive(Debug)]
pub struct Root {
    /// Where it is mounted.
    pub path: PathBuf,
}

/// Mount the root: `directory` on itself, or without one a new root made of the host's own programs.
pub fn mount(_directory: Option<&Path>) -> Result<Root> {
    Ok(Root { path: PathBuf::new() })
}

/// The old root, and all the host's mounts below it.
#[derive(Debug)]
pub struct OldRoot {}

/// Make it the root of this mount namespace.
pub fn pivot(_root: Root) -> Result<OldRoot> {
    Ok(OldRoot {})
}

/// Unmount the old root, and with it all that is the host's.
pub fn detach(_old: OldRoot) -> Result<()> {
    Ok(())
}

/// `--read-only`: no more writing to the root.
pub fn make_read_only(_read_only: bool) -> Result<()> {
    Ok(())
}
