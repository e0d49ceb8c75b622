//! What the command lines of all stages share: the flags of the process, the error printed once, and
//! the exit code.

mod explain;
mod process;
mod terminal;

use std::{ffi::OsString, process::ExitCode, sync::OnceLock};

use anstyle::{AnsiColor, Style};
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};
pub use explain::Explain;
pub use process::{Process, Variable, VariableParser};
use sys::{Error, Result, WaitStatus};

/// The command line of a stage.
#[derive(Parser)]
#[command(disable_help_subcommand = true, after_help = EXAMPLES)]
struct Stage<R: Args> {
    #[command(flatten)]
    explain: Explain,
    #[command(subcommand)]
    command: StageCommand<R>,
}

const EXAMPLES: &str = "\
Examples:
  run -- ps ax                   one command in a container
  --explain run -- true          every system call on the way
  --explain=json run -- true     the same for programs, one object a line
  run --step -- true             wait for Enter before each of them";

#[derive(Subcommand)]
enum StageCommand<R: Args> {
    /// Run a command in a container; a shell when none is given
    Run(R),
}

/// Run stage `name` with `arguments` (the first is the program's own name, as in `main`).
pub fn stage<R: Args>(
    name: &'static str,
    arguments: impl IntoIterator<Item = OsString>,
    run: impl FnOnce(&R) -> Result<WaitStatus>,
) -> ExitCode {
    NAME.get_or_init(|| name);
    let command = Stage::<R>::command().name(name).bin_name(name);
    let stage =
        command.try_get_matches_from(arguments).and_then(|found| Stage::<R>::from_arg_matches(&found));
    match stage {
        Ok(Stage { explain, command: StageCommand::Run(arguments) }) => {
            if let Err(error) = explain.begin() {
                return finish(name, Err(error));
            }
            finish(name, run_in_foreground(|| run(&arguments)))
        }
        Err(error) => usage(&error),
    }
}

/// Run a container, and afterwards take the terminal back if a shell inside has kept it.
pub fn run_in_foreground(run: impl FnOnce() -> Result<WaitStatus>) -> Result<WaitStatus> {
    let whole = || {
        let foreground = terminal::Foreground::remember();
        let status = run();
        foreground.restore();
        status
    };
    // Who ends the steps with `q` does it before the command runs: nobody has taken the terminal by then.
    sys::explain::unless_ended(whole)
        .unwrap_or_else(|code| Ok(WaitStatus::Exited(sys::Pid::this(), code.into())))
}

/// The end of every runtime: print the error, if there is one, and turn what happened into an exit code.
pub fn finish(name: &str, result: Result<WaitStatus>) -> ExitCode {
    match result {
        Ok(status) => exit_code(status).into(),
        Err(error) => {
            complain(name, &error);
            error.exit_code().into()
        }
    }
}

/// The program's name in what [`tell`] says, where it is a stage's.
static NAME: OnceLock<&str> = OnceLock::new();

/// Say on standard error what happened, where it is no error of ours.
pub fn tell(what: &str) {
    let (bold, name) = (Style::new().bold(), NAME.get().unwrap_or(&"minicontainer"));
    sys::explain::beside_a_question(|| anstream::eprintln!("{bold}{name}:{bold:#} {what}"));
}

/// Say on standard error what went wrong.
pub fn complain(name: &str, error: &Error) {
    let red = Style::new().bold().fg_color(Some(AnsiColor::Red.into()));
    sys::explain::beside_a_question(|| anstream::eprintln!("{red}{name}:{red:#} {error}"));
}

/// Say on standard error what the user should know although nothing has failed.
pub fn warn(text: &str) {
    let yellow = Style::new().bold().fg_color(Some(AnsiColor::Yellow.into()));
    sys::explain::beside_a_question(|| anstream::eprintln!("{yellow}note:{yellow:#} {text}"));
}

/// Help goes to standard output with code 0; a mistake in the command line is Docker's 125.
pub fn usage(error: &clap::Error) -> ExitCode {
    // A closed standard output or error leaves nobody to tell.
    error.print().ok();
    if error.use_stderr() { 125.into() } else { ExitCode::SUCCESS }
}

/// The exit code of a container, as the shell and Docker have it: its own, or 128 and the signal.
fn exit_code(status: WaitStatus) -> u8 {
    match status {
        WaitStatus::Exited(_, code) => u8::try_from(code & 0xff).unwrap_or(u8::MAX),
        WaitStatus::Signaled(_, signal, _) => 128 + signal as u8,
        _ => 125,
    }
}

#[cfg(test)]
mod tests {
    use sys::{Pid, Signal};

    use super::*;

    #[test]
    fn a_signal_becomes_128_and_its_number() {
        let pid = Pid::from_raw(1);
        assert_eq!(exit_code(WaitStatus::Exited(pid, 7)), 7);
        assert_eq!(exit_code(WaitStatus::Signaled(pid, Signal::SIGKILL, false)), 137);
        assert_eq!(exit_code(WaitStatus::Signaled(pid, Signal::SIGTERM, false)), 143);
    }
}
