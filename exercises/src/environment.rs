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
    // Exercise 1.1: A clean environment.
    // Give the command a PATH, the caller's HOME and TERM, and the variables in `given`: nothing else.
    // A later variable replaces an earlier one of the same name.
    // A `Variable` is a NAME=VALUE; it has none where --env names a variable that the caller does not have.
    // Read: environ(7), execve(2).
    // The page: book/src/ch01-process.md. A hint: cargo run -p exercises -- hint 1.1
    not_written!("1.1", Vec::new())
}

/// The value of a variable in an environment that [`clean`] made.
pub(crate) fn value<'a>(environment: &'a [CString], wanted: &str) -> Option<&'a [u8]> {
    let variable = environment.iter().find(|variable| name(variable) == wanted.as_bytes())?;
    Some(&variable.as_bytes()[wanted.len() + 1..])
}

fn name(variable: &CString) -> &[u8] {
    variable.as_bytes().split(|byte| *byte == b'=').next().unwrap_or_default()
}
