//! Environment: what a command finds in its variables.
//!
//! Runs in: child. Before: `process::exec`, which hands it to execve.
//! Kernel: environ(7). See it: `tr '\0' '\n' < /proc/self/environ`, inside and outside.

use std::{
    ffi::{CString, OsString},
    os::unix::ffi::OsStringExt,
};

use cli::Variable;

/// Where a command without a slash is looked for: Docker's default.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// A clean environment: a PATH, the caller's HOME and TERM, and what was `given`. Nothing else of the
/// caller's: passwords and tokens travel in environment variables.
pub fn clean(given: &[Variable]) -> Vec<CString> {
    let from_caller = |name: &str| {
        let value = std::env::var_os(name)?;
        Some([name.into(), value].join(&OsString::from("=")))
    };
    let defaults = [Some(format!("PATH={PATH}").into()), from_caller("HOME"), from_caller("TERM")];
    let given = given.iter().map(|variable| variable.0.clone());
    let mut variables: Vec<CString> = Vec::new();
    for variable in defaults.into_iter().chain(given).flatten() {
        // An argument of this process cannot hold a NUL byte, so this drops nothing.
        let Ok(variable) = CString::new(variable.into_vec()) else { continue };
        variables.retain(|earlier| name(earlier) != name(&variable));
        variables.push(variable);
    }
    variables
}

/// The value of a variable in an environment that [`clean`] made.
pub(crate) fn value<'a>(environment: &'a [CString], wanted: &str) -> Option<&'a [u8]> {
    let variable = environment.iter().find(|variable| name(variable) == wanted.as_bytes())?;
    Some(&variable.as_bytes()[wanted.len() + 1..])
}

fn name(variable: &CString) -> &[u8] {
    variable.as_bytes().split(|byte| *byte == b'=').next().unwrap_or_default()
}
