//! Forgets the flags.
// part mounts.rs mount_proc
    sys::mount(Some("proc"), "/proc", Some("proc"), MsFlags::empty(), None)
