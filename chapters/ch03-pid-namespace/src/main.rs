//! The runtime as it stands after chapter 3: see `stage.rs`.

fn main() -> std::process::ExitCode {
    ch03::stage::main(std::env::args_os().collect())
}
