//! Forgets the flags.
// part extend.rs mount_tmpfs
    for place in places {
        sys::mount(Some("tmpfs"), place, Some("tmpfs"), MsFlags::empty(), None)?;
    }
    Ok(())
