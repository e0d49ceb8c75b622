//! Changes what / means, and not what is there.
// stage without: rootfs::detach(old_root)?;
// part rootfs.rs pivot
    let old_root = OldRoot(sys::open_path("/")?);
    sys::fchdir(root.descriptor())?;
    std::os::unix::fs::chroot(".")?;
    Ok(old_root)
