//! The units are written, the stage does not call them.
// stage without: let old_root = rootfs::pivot(&root)?;
// stage without: sysfs::mount(&old_root)?;
// stage without: cgroupfs::mount()?;
// stage without: rootfs::detach(old_root)?;
