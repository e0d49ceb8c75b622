//! Nothing is replaced: what is given again stands beside what was there.
// part environment.rs clean
    let from_caller = |name: &str| {
        let value = std::env::var_os(name)?;
        Some([name.into(), value].join(&OsString::from("=")))
    };
    let defaults = [Some(format!("PATH={PATH}").into()), from_caller("HOME"), from_caller("TERM")];
    let given = given.iter().map(|variable| variable.0.clone());
    let all = defaults.into_iter().chain(given).flatten();
    all.filter_map(|variable| CString::new(variable.into_vec()).ok()).collect()
