//! Devices: a `/dev` with the harmless ones.

use sys::Result;

use crate::rootfs::Root;

/// null, zero, full, random, urandom, tty, a devpts of its own, shm, and the links to our descriptors.
pub fn make(_root: &Root) -> Result<()> {
    Ok(())
}
