//! What can go wrong?
// part hostname.rs set
    sys::sethostname(name).ok();
    Ok(())
