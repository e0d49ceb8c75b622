//! Always the processes only.
// part extend.rs set_proc_options
    let flags = MsFlags::MS_REMOUNT | MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
    sys::mount(None, "/proc", None, flags, Some(options.unwrap_or("subset=pid")))
