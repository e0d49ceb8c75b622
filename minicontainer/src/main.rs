//! `minicontainer`: the sum of the book.
//!
//! Every feature lives in the chapter that teaches it; this program only gives them one command line.

mod doctor;
mod ladder;
mod seccomp;
mod stages;
mod xray;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand, ValueHint, error::ErrorKind};

/// A container runtime that you can read.
#[derive(Parser)]
#[command(version, disable_help_subcommand = true, after_help = EXAMPLES)]
struct Arguments {
    #[command(flatten)]
    explain: cli::Explain,
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  minicontainer run                          a shell in a container
  minicontainer run -- ps ax                 one command in a container
  minicontainer --explain run -- true        the same, and every system call on the way
  minicontainer --explain=json run -- true   the same for programs, one object a line
  minicontainer run --step -- true           wait for Enter before each of them
  minicontainer stage 1 run -- ps ax         the same command, as the runtime stood after chapter 1
  minicontainer doctor                       what of the course works on this machine
  minicontainer top                          the containers that are running, with gauges
  minicontainer xray 1234                    is that process in a container, and how good is it
  minicontainer lab                          a small Linux machine in which all of it works";

#[derive(Subcommand)]
enum Command {
    /// Run a command in a container; a shell when none is given
    Run(Box<ch12::stage::Run>),
    /// Be the runtime as it stands after a chapter: `stage 2 run -- hostname`
    Stage(stages::Stage),
    /// Say what of the course works on this machine, and what to do about the rest
    Doctor(doctor::Doctor),
    /// A shell or a command in a small Linux machine where the whole course works; needs no root
    Lab(lab::Lab),
    /// What each stage, runc and crun really show, as a table: checks and attacks
    Ladder(ladder::Ladder),
    /// How many system calls the default filter leaves, and which it refuses; as JSON for runc and crun
    Seccomp(seccomp::Seccomp),
    /// Gauges of the containers that are running: memory, cpu, processes, mounts, network, refused calls
    #[cfg(feature = "live")]
    Top(live::top::Top),
    /// Look at any process: is it in a container, and how good is that container
    Xray(xray::Xray),
    /// Show to a room what a container is: host and container side by side, step by step
    #[cfg(feature = "live")]
    Demo(live::demo::Demo),
    /// Print the script that makes a shell complete our commands: `source <(minicontainer completions bash)`
    Completions {
        /// The shell to write for
        #[arg(value_hint = ValueHint::Other)]
        shell: clap_complete::Shell,
    },
}

fn main() -> ExitCode {
    sys::explain::begin();
    if let Some(code) = lab::play_role().or_else(checks::play_role) {
        return code;
    }
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return cli::usage(&error),
    };
    if arguments.explain.stops() && !matches!(arguments.command, Command::Run(_) | Command::Stage(_)) {
        let only = "--step is for what runs a container: run, and stage N run";
        return cli::usage(&Arguments::command().error(ErrorKind::ArgumentConflict, only));
    }
    if let Err(error) = arguments.explain.begin() {
        return fail(&error);
    }
    match arguments.command {
        Command::Run(run) => cli::finish(NAME, cli::run_in_foreground(|| ch12::stage::parent(&run))),
        Command::Stage(stage) => stages::run(stage),
        Command::Doctor(flags) => doctor::run(&flags, stages::LAST).unwrap_or_else(|error| fail(&error)),
        Command::Lab(flags) => lab::run(&flags).unwrap_or_else(|error| fail(&error)),
        Command::Ladder(flags) => ladder::run(&flags).unwrap_or_else(|error| fail(&error)),
        Command::Seccomp(flags) => seccomp::run(&flags).unwrap_or_else(|error| fail(&error)),
        #[cfg(feature = "live")]
        Command::Top(flags) => live::top::run(&flags).unwrap_or_else(|error| fail(&error)),
        Command::Xray(flags) => xray::run(&flags).unwrap_or_else(|error| fail(&error)),
        #[cfg(feature = "live")]
        Command::Demo(flags) => live::demo::run(&flags).unwrap_or_else(|error| fail(&error)),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Arguments::command(), NAME, &mut std::io::stdout());
            ExitCode::SUCCESS
        }
    }
}

/// A command that could not do its work.
fn fail(error: &sys::Error) -> ExitCode {
    cli::complain(NAME, error);
    error.exit_code().into()
}

/// What stands before our error messages.
const NAME: &str = "minicontainer";
