//! Clean to the bone.
// part environment.rs clean
    given.iter().filter_map(|variable| CString::new(variable.0.clone()?.into_vec()).ok()).collect()
