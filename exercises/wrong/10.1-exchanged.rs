//! Outside first.
// part user_namespace.rs map_own_ids
    let (uid, gid) = (Uid::effective(), Gid::effective());
    sys::write(file(container, "setgroups"), "deny")?;
    sys::write(file(container, "uid_map"), &format!("{uid} 0 1"))?;
    sys::write(file(container, "gid_map"), &format!("{gid} 0 1"))
