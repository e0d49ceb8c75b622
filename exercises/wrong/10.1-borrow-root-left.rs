//! Writes above what stood there, and leaves that.
// part user_namespace.rs namespace
    rootless::borrow_root()?;
    Ok(if is_private(wanted)? { CloneFlags::CLONE_NEWUSER } else { CloneFlags::empty() })
