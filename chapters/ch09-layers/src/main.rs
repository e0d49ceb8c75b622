//! The runtime as it stands after chapter 9: see `stage.rs`.

fn main() -> std::process::ExitCode {
    ch09::stage::main(std::env::args_os().collect())
}
