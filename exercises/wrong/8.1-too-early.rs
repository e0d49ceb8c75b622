//! Takes the host's files away before they are bound.
// stage without: let old_root = rootfs::pivot(&root)?;
// stage after: let root = rootfs::mount(run.rootfs.as_deref())?;
    let old_root = rootfs::pivot(&root)?;
