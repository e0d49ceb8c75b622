//! The checks and attacks on stage 11.

use checks::{Subject, harness};

fn main() -> std::process::ExitCode {
    harness::main(&[Subject::stage(11, env!("CARGO_BIN_EXE_ch11"))])
}
