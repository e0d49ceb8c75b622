//! The user alone.
// part user.rs switch
    if sys::read("/proc/self/setgroups")?.trim() == "allow" {
        sys::setgroups(&[])?;
    }
    let Some(User { uid, .. }) = user else { return Ok(()) };
    sys::setuid(Uid::from_raw(uid)).map_err(why_not)
