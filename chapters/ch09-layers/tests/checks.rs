//! The checks and attacks on stage 9.

use checks::{Subject, harness};

fn main() -> std::process::ExitCode {
    harness::main(&[Subject::stage(9, env!("CARGO_BIN_EXE_ch09"))])
}
