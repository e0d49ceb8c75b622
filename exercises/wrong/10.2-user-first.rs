//! The user, then the group.
// part user.rs switch
    if sys::read("/proc/self/setgroups")?.trim() == "allow" {
        sys::setgroups(&[])?;
    }
    let Some(User { uid, gid }) = user else { return Ok(()) };
    sys::setuid(Uid::from_raw(uid)).map_err(why_not)?;
    sys::setgid(Gid::from_raw(gid)).map_err(why_not)
