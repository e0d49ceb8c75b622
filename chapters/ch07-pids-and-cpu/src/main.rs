//! The runtime as it stands after chapter 7: see `stage.rs`.

fn main() -> std::process::ExitCode {
    ch07::stage::main(std::env::args_os().collect())
}
