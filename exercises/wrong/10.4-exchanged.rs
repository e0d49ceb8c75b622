//! The map of chapter 10, as it was.
// part extend.rs keep_id
    if !wanted {
        return Ok(());
    }
    let caller = [outside("uid_map")?, outside("gid_map")?];
    sys::unshare(CloneFlags::CLONE_NEWUSER)?;
    sys::write("/proc/self/setgroups", "deny")?;
    sys::write("/proc/self/uid_map", &format!("0 {} 1", caller[0]))?;
    sys::write("/proc/self/gid_map", &format!("0 {} 1", caller[1]))
