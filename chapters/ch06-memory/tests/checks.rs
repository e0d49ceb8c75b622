//! The checks and attacks on stage 6.

use checks::{Subject, harness};

fn main() -> std::process::ExitCode {
    harness::main(&[Subject::stage(6, env!("CARGO_BIN_EXE_ch06"))])
}
