//! A PATH and what was given, and nothing of the caller's at all.
// part environment.rs clean
    let given = given.iter().filter_map(|variable| variable.0.clone());
    let mut variables: Vec<CString> = Vec::new();
    for variable in [OsString::from(format!("PATH={PATH}"))].into_iter().chain(given) {
        let Ok(variable) = CString::new(variable.into_vec()) else { continue };
        variables.retain(|earlier| name(earlier) != name(&variable));
        variables.push(variable);
    }
    variables
