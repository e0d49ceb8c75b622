//! Cuts "/" alone.
// part mounts.rs make_private
    sys::mount(None, "/", None, MsFlags::MS_PRIVATE, None)
