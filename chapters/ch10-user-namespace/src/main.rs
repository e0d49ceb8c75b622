//! The runtime as it stands after chapter 10: see `stage.rs`.

fn main() -> std::process::ExitCode {
    ch10::stage::main(std::env::args_os().collect())
}
