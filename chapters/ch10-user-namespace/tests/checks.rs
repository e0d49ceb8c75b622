//! The checks and attacks on stage 10.

use checks::{Subject, harness};

fn main() -> std::process::ExitCode {
    harness::main(&[Subject::stage(10, env!("CARGO_BIN_EXE_ch10"))])
}
