//! The runtime as it stands after chapter 12: see `stage.rs`.

fn main() -> std::process::ExitCode {
    ch12::stage::main(std::env::args_os().collect())
}
