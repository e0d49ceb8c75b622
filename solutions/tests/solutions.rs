//! The exercises, one test each: `cargo test -p solutions`, `cargo test -p solutions ch03`.

use std::process::ExitCode;

use tutor::{Student, harness};

fn main() -> ExitCode {
    harness::main(&Student::new(env!("CARGO_BIN_EXE_solutions"), env!("CARGO_MANIFEST_DIR")))
}
