//! The runtime as it stands after chapter 5: see `stage.rs`.

fn main() -> std::process::ExitCode {
    ch05::stage::main(std::env::args_os().collect())
}
