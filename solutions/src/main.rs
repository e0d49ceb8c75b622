//! The runtime: `cargo run -p solutions -- run -- sh`.

fn main() -> std::process::ExitCode {
    solutions::stage::main(std::env::args_os().collect())
}
