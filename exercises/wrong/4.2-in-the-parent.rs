//! Mounts it where it covers the host's.
// stage without: mounts::mount_proc()?;
// stage after: rootless::borrow_root()?;
    mounts::mount_proc()?;
