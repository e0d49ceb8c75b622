//! The exercises, one test each: `cargo test -p exercises`, `cargo test -p exercises ch03`.

use std::process::ExitCode;

use tutor::{Student, harness};

fn main() -> ExitCode {
    harness::main(&Student::new(env!("CARGO_BIN_EXE_exercises"), env!("CARGO_MANIFEST_DIR")))
}
