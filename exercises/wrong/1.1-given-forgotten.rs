//! A clean environment without what was asked for.
// part environment.rs clean
    vec![CString::new(format!("PATH={PATH}")).unwrap()]
