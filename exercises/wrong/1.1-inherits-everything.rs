//! Hands over all that the caller has.
// part environment.rs clean
    let mut all: Vec<CString> = std::env::vars_os()
        .filter_map(|(name, value)| CString::new([name.into_vec(), value.into_vec()].join(&b'=')).ok())
        .collect();
    all.extend(given.iter().filter_map(|variable| CString::new(variable.0.clone()?.into_vec()).ok()));
    all
