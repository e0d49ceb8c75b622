//! The checks and attacks on stage 8.

use checks::{Subject, harness};

fn main() -> std::process::ExitCode {
    harness::main(&[Subject::stage(8, env!("CARGO_BIN_EXE_ch08"))])
}
