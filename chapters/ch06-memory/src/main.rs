//! The runtime as it stands after chapter 6: see `stage.rs`.

fn main() -> std::process::ExitCode {
    ch06::stage::main(std::env::args_os().collect())
}
