//! Leaves everything permitted: it can be made effective again.
// part capabilities.rs limit
    let (wanted, ambient) =
        if Uid::effective().is_root() { (chosen.all, Set(0)) } else { (chosen.by_name, chosen.by_name) };
    let now = sys::capget()?;
    sys::capset(CapabilitySets { effective: wanted.0, permitted: now.permitted, inheritable: ambient.0 })?;
    ambient.numbers().try_for_each(sys::prctl_cap_ambient_raise)
