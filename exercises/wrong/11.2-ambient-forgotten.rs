//! A user is given his capabilities until the execve.
// part capabilities.rs limit
    let wanted = if Uid::effective().is_root() { chosen.all } else { chosen.by_name };
    sys::capset(CapabilitySets { effective: wanted.0, permitted: wanted.0, inheritable: 0 })
