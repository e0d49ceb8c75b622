//! The checks and attacks on stage 2.

use checks::{Subject, harness};

fn main() -> std::process::ExitCode {
    harness::main(&[Subject::stage(2, env!("CARGO_BIN_EXE_ch02"))])
}
