//! `minicontainer stage N …`: every chapter's runtime, from the one installed binary.

use std::{ffi::OsString, process::ExitCode};

/// What each chapter's own program does: `minicontainer stage 4 run` is `cargo run -p ch04 -- run`.
const STAGES: [fn(Vec<OsString>) -> ExitCode; LAST as usize] = [
    ch01::stage::main,
    ch02::stage::main,
    ch03::stage::main,
    ch04::stage::main,
    ch05::stage::main,
    ch06::stage::main,
    ch07::stage::main,
    ch08::stage::main,
    ch09::stage::main,
    ch10::stage::main,
    ch11::stage::main,
    ch12::stage::main,
];

/// The last chapter that is written.
pub const LAST: u8 = 12;

/// The flags of `stage`.
#[derive(clap::Args)]
pub struct Stage {
    /// The chapter after which to stand
    #[arg(value_name = "CHAPTER", value_parser = clap::value_parser!(u8).range(1..=i64::from(LAST)))]
    number: u8,
    /// What that stage is given, such as: run -- ps ax
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true, value_name = "ARGUMENTS")]
    arguments: Vec<OsString>,
}

/// Be that stage.
pub fn run(stage: Stage) -> ExitCode {
    let name = OsString::from(format!("ch{:02}", stage.number));
    let main = STAGES[usize::from(stage.number) - 1];
    main([vec![name], stage.arguments].concat())
}
