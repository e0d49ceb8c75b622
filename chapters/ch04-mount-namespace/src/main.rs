//! The runtime as it stands after chapter 4: see `stage.rs`.

fn main() -> std::process::ExitCode {
    ch04::stage::main(std::env::args_os().collect())
}
