//! Root's HOME for everybody, and a TERM that is often right.
// part environment.rs clean
    let defaults = [format!("PATH={PATH}"), "HOME=/root".to_owned(), "TERM=xterm".to_owned()].map(Into::into);
    let given = given.iter().filter_map(|variable| variable.0.clone());
    let mut variables: Vec<CString> = Vec::new();
    for variable in defaults.into_iter().chain(given) {
        let Ok(variable) = CString::new(OsString::into_vec(variable)) else { continue };
        variables.retain(|earlier| name(earlier) != name(&variable));
        variables.push(variable);
    }
    variables
