//! All three sets alike, as Docker had it until CVE-2022-24769.
// part capabilities.rs limit
    let (all, ambient) =
        if Uid::effective().is_root() { (chosen.all, Set(0)) } else { (chosen.by_name, chosen.by_name) };
    sys::capset(CapabilitySets { effective: all.0, permitted: all.0, inheritable: all.0 })?;
    ambient.numbers().try_for_each(sys::prctl_cap_ambient_raise)
