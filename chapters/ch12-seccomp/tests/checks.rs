//! The checks and attacks on stage 12.

use checks::{Subject, harness};

fn main() -> std::process::ExitCode {
    harness::main(&[Subject::stage(12, env!("CARGO_BIN_EXE_ch12"))])
}
