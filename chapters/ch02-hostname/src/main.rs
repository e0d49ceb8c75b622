//! The runtime as it stands after chapter 2: see `stage.rs`.

fn main() -> std::process::ExitCode {
    ch02::stage::main(std::env::args_os().collect())
}
