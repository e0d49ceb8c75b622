//! The checks and attacks on stage 1.

use checks::{Subject, harness};

fn main() -> std::process::ExitCode {
    harness::main(&[Subject::stage(1, env!("CARGO_BIN_EXE_ch01"))])
}
