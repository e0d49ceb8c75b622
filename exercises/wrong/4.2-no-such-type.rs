//! The name of the folder, and what one calls it.
// part mounts.rs mount_proc
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
    sys::mount(Some("proc"), "/proc", Some("procfs"), flags, None)
