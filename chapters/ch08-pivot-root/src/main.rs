//! The runtime as it stands after chapter 8: see `stage.rs`.

fn main() -> std::process::ExitCode {
    ch08::stage::main(std::env::args_os().collect())
}
