//! Mounts it where it covers the host's.
// stage without: mounts::mount_proc()?;
// stage after: delegation::ask_systemd()?;
    mounts::mount_proc()?;
