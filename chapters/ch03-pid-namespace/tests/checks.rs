//! The checks and attacks on stage 3.

use checks::{Subject, harness};

fn main() -> std::process::ExitCode {
    harness::main(&[Subject::stage(3, env!("CARGO_BIN_EXE_ch03"))])
}
