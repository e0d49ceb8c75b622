//! Your runtime, and the commands around the exercises: `cargo run -p exercises -- --help`.

use std::process::ExitCode;

fn main() -> ExitCode {
    tutor::commands::main(env!("CARGO_MANIFEST_DIR"), exercises::stage::main)
}
