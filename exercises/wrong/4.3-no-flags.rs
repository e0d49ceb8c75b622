//! Forgets that a remount sets all flags anew.
// part extend.rs set_proc_options
    let Some(options) = options else { return Ok(()) };
    sys::mount(None, "/proc", None, MsFlags::MS_REMOUNT, Some(options))
