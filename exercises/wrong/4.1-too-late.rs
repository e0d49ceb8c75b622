//! Cuts off when the first mount has been told to the host.
// stage without: mounts::make_private()?;
// stage after: let root = rootfs::mount(run.rootfs.as_deref())?;
    mounts::make_private()?;
