//! The user and his group, and no thought of other groups.
// part user.rs switch
    let Some(User { uid, gid }) = user else { return Ok(()) };
    sys::setgid(Gid::from_raw(gid)).map_err(why_not)?;
    sys::setuid(Uid::from_raw(uid)).map_err(why_not)
