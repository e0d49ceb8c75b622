//! Below the tmpfs that comes after it.
// stage without: extend::bind_devices(&root, &run.device)?;
// stage after: let root = rootfs::mount(run.rootfs.as_deref())?;
    extend::bind_devices(&root, &run.device)?;
