//! Leaves the old root where it is.
// stage without: rootfs::detach(old_root)?;
