//! Says once more what they are.
// part mounts.rs make_private
    sys::mount(None, "/", None, MsFlags::MS_REC | MsFlags::MS_SHARED, None)
