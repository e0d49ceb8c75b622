//! The checks and attacks on stage 7.

use checks::{Subject, harness};

fn main() -> std::process::ExitCode {
    harness::main(&[Subject::stage(7, env!("CARGO_BIN_EXE_ch07"))])
}
