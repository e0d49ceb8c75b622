//! Volumes: what the container shares with the host, and scratch space.
//!
//! Runs in: child. After: `devices::make`. Before: `rootfs::pivot`, while the host's files are there.
//! Kernel: open_tree(2), move_mount(2), tmpfs(5). See it: `cat /proc/self/mountinfo`, inside.

use std::{
    path::{Path, PathBuf},
    str::FromStr,
};

use sys::{MsFlags, Result};

use crate::root::{Root, path_of};

/// A directory or file of the host, and where it is inside; written as Docker's: `SRC:DST[:ro]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Volume {
    source: PathBuf,
    destination: Destination,
    read_only: bool,
}

impl FromStr for Volume {
    type Err = String;

    fn from_str(text: &str) -> Result<Volume, String> {
        let (source, destination, options) = match text.split(':').collect::<Vec<_>>()[..] {
            [source, destination] => (source, destination, "rw"),
            [source, destination, options] => (source, destination, options),
            _ => return Err("SRC:DST or SRC:DST:ro, such as ./data:/data".into()),
        };
        if !source.contains('/') && source != "." {
            return Err(format!("{source:?} would be the name of a volume; give a path, such as ./{source}"));
        }
        let read_only = match options {
            "ro" => true,
            "rw" => false,
            _ => return Err(format!("{options:?} is no option: ro or rw")),
        };
        Ok(Volume { source: source.into(), destination: destination.parse()?, read_only })
    }
}

/// Where something is mounted inside: an absolute path, and not where the kernel's own file systems are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination(PathBuf);

impl FromStr for Destination {
    type Err = String;

    fn from_str(text: &str) -> Result<Destination, String> {
        let path = PathBuf::from(text);
        if !path.is_absolute() {
            return Err(format!("{text:?} is not an absolute path of the container"));
        }
        if let Some(taken) = ["/proc", "/sys"].iter().find(|taken| path.starts_with(taken)) {
            return Err(format!("{text:?}: {taken} is the kernel's"));
        }
        if path.file_name().is_none() {
            return Err(format!("{text:?} is not a place for a mount; for another root there is --rootfs"));
        }
        Ok(Destination(path))
    }
}

/// Mount an empty file system in memory on each of `places`.
pub fn mount_tmpfs(root: &Root, places: &[Destination]) -> Result<()> {
    let closed = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
    places.iter().try_for_each(|Destination(path)| {
        let place = root.make_directory(path)?;
        sys::mount(Some("tmpfs"), path_of(&place), Some("tmpfs"), closed, Some("mode=1777"))
    })
}

/// Put each volume at its place. A file is mounted on a file, a directory on a directory.
pub fn bind(root: &Root, volumes: &[Volume]) -> Result<()> {
    volumes.iter().try_for_each(|Volume { source, destination: Destination(path), read_only }| {
        let place = if is_directory(source) { root.make_directory(path) } else { root.make_file(path) };
        Root::share(source, &place?, *read_only)
    })
}

fn is_directory(path: &Path) -> bool {
    path.is_dir()
}
