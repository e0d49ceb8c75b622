//! Volumes: folders of the host, and empty ones, inside the container's root.

use std::{path::PathBuf, str::FromStr};

use sys::Result;

use crate::rootfs::Root;

/// `-v SRC:DST[:ro]`, as Docker's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Volume {}

impl FromStr for Volume {
    type Err = String;

    fn from_str(_text: &str) -> Result<Volume, String> {
        Ok(Volume {})
    }
}

/// Bind each to its place, which is looked for inside the root and nowhere else.
pub fn bind(_root: &Root, _volumes: &[Volume]) -> Result<()> {
    Ok(())
}

/// `--tmpfs DIR`: an empty file system in memory.
pub fn mount_tmpfs(_root: &Root, _places: &[PathBuf]) -> Result<()> {
    Ok(())
}
