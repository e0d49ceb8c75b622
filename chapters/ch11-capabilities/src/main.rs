//! The runtime as it stands after chapter 11: see `stage.rs`.

fn main() -> std::process::ExitCode {
    ch11::stage::main(std::env::args_os().collect())
}
