//! The book's own program: what a stock `mdbook build book` does, with no mdbook installed.

mod build;
mod contents;
mod demos;
mod diffs;
mod generate;
mod interface;
mod ladder;
mod languages;
mod po;
mod quiz;
mod serve;
mod site;
mod text;
mod watch;

use std::{io, process::ExitCode};

use anstyle::{AnsiColor, Style};
use clap::{Parser, Subcommand};
use tracing_subscriber::filter::LevelFilter;

const EXAMPLES: &str = "\
Examples:
  cargo run -p book -- build --open           build the book and open its first page
  cargo run -p book -- build -d /tmp/book     build it somewhere else
  cargo run -p book -- generate               write the parts that come from data: quizzes, diffs, contents, demos, the ladder
  cargo run -p book -- serve                  read it at http://127.0.0.1:3000 while you write";

/// Build the book, or read it in a browser while it is being written
#[derive(Parser)]
#[command(name = "book", bin_name = "cargo run -p book --", after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Build(build::Build),
    Generate(generate::Generate),
    Serve(serve::Serve),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    show_warnings();
    let result = match cli.command {
        Command::Build(build) => build.run(),
        Command::Generate(generate) => generate.run(),
        Command::Serve(serve) => serve.run(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(format_args!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// mdBook tells of a broken include or a missing file with a log line and goes on, so somebody must listen.
fn show_warnings() {
    tracing_subscriber::fmt()
        .with_max_level(LevelFilter::WARN)
        .with_writer(io::stderr)
        .with_target(false)
        .without_time()
        .init();
}

/// Print an error the way the rest of the workspace does.
fn complain(error: impl std::fmt::Display) {
    let red = Style::new().bold().fg_color(Some(AnsiColor::Red.into()));
    anstream::eprintln!("{red}book:{red:#} {error}");
}
