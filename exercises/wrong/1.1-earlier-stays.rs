//! First come, first served.
// part environment.rs clean
    let from_caller = |name: &str| {
        let value = std::env::var_os(name)?;
        Some([name.into(), value].join(&OsString::from("=")))
    };
    let defaults = [Some(format!("PATH={PATH}").into()), from_caller("HOME"), from_caller("TERM")];
    let given = given.iter().map(|variable| variable.0.clone());
    let mut variables: Vec<CString> = Vec::new();
    for variable in defaults.into_iter().chain(given).flatten() {
        let Ok(variable) = CString::new(variable.into_vec()) else { continue };
        if !variables.iter().any(|earlier| name(earlier) == name(&variable)) {
            variables.push(variable);
        }
    }
    variables
