//! The two maps alone.
// part user_namespace.rs map_own_ids
    let (uid, gid) = (Uid::effective(), Gid::effective());
    sys::write(file(container, "uid_map"), &format!("0 {uid} 1"))?;
    sys::write(file(container, "gid_map"), &format!("0 {gid} 1"))
