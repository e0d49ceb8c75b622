//! The runtime as it stands after chapter 1: see `stage.rs`.

fn main() -> std::process::ExitCode {
    ch01::stage::main(std::env::args_os().collect())
}
