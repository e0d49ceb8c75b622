//! The checks and attacks on stage 5.

use checks::{Subject, harness};

fn main() -> std::process::ExitCode {
    harness::main(&[Subject::stage(5, env!("CARGO_BIN_EXE_ch05"))])
}
