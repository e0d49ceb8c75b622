//! Chooses the working directory, and mounts over it: as it is before chapter 8, whose detach would leave it again.
// stage without: process::change_directory(&run.process.workdir)?;
// stage without: rootfs::detach(old_root)?;
// stage after: let old_root = rootfs::pivot(&root)?;
    process::change_directory(&run.process.workdir)?;
