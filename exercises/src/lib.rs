//! The student's own runtime: stubs to fill

#![allow(unused, missing_docs)]

/// Stands where you write: it fails and says so, or gives back a value that does no harm.
macro_rules! not_written {
    ($exercise:literal) => {
        Err(sys::Error::new(concat!("exercise ", $exercise, " is not written yet")))
    };
    ($exercise:literal, $value:expr) => {
        $value
    };
}

pub mod environment;
pub mod extend;
pub mod hostname;
pub mod mounts;
pub mod pid_namespace;
pub mod process;
pub mod protocol;
pub mod rootless;
pub mod signals;
pub mod stage;
