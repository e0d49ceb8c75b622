//! The checks and attacks on stage 4.

use checks::{Subject, harness};

fn main() -> std::process::ExitCode {
    harness::main(&[Subject::stage(4, env!("CARGO_BIN_EXE_ch04"))])
}
