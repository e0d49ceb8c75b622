//! Cuts one direction.
// part mounts.rs make_private
    sys::mount(None, "/", None, MsFlags::MS_REC | MsFlags::MS_SLAVE, None)
