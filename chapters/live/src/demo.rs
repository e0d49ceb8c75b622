//! `minicontainer demo`: the command line, and the two processes of a demo.

use std::{
    io::{IsTerminal, Write},
    os::fd::AsFd,
    path::PathBuf,
    process::ExitCode,
};

use clap::{Args, Subcommand};
use sys::{ForkResult, Result, Signal, Size, WaitPidFlag, WaitStatus};

use crate::{
    clock::Clock,
    estate::Estate,
    follow,
    list::{self, Name},
    menu,
    notes::Channel,
    plain::{self, Pace},
    record,
    scenario::{self, Scenario},
    screen, speaker, theme,
};

/// The flags of `demo`.
#[expect(clippy::struct_excessive_bools, reason = "they are flags, each for itself")]
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES, args_conflicts_with_subcommands = true, disable_help_subcommand = true)]
pub struct Demo {
    #[command(subcommand)]
    command: Option<Command>,

    /// Which one: a name that `--list` has, or a file of your own, NAME.toml
    #[arg(value_parser = Name, hide_possible_values = true)]
    name: Option<String>,

    /// Say which demos there are, and which of them work here
    #[arg(long)]
    list: bool,

    /// With --list: as JSON
    #[arg(long, requires = "list")]
    json: bool,

    /// Go on by itself, with pauses to read
    #[arg(long)]
    auto: bool,

    /// With --auto: without pauses
    #[arg(long, requires = "auto")]
    fast: bool,

    /// Lines of text instead of a screen; so it is anyway where the output is no terminal
    #[arg(long)]
    plain: bool,

    /// Play it unseen, and write what would have been seen to FILE: an asciicast, for `asciinema play` and web pages
    #[arg(long, value_name = "FILE", requires = "name", conflicts_with_all = ["plain", "auto"])]
    record: Option<PathBuf>,

    /// With --record: how large the screen is
    #[arg(long, value_name = "COLUMNSxROWS", requires = "record", default_value = "100x30", value_parser = record::size)]
    size: Size,

    /// Print what a speaker should know of it, step by step, as Markdown
    #[arg(long, requires = "name", conflicts_with_all = ["plain", "auto", "record"])]
    speaker_notes: bool,

    /// Notes for the speaker
    #[arg(long)]
    notes: bool,

    /// Large type, for projectors
    #[arg(long)]
    large: bool,

    /// Dark letters on white, for bright rooms
    #[arg(long)]
    light: bool,
}

/// What goes with a demo.
#[derive(Debug, Subcommand)]
enum Command {
    /// In a second terminal: follow the demo that runs, with what to say and what comes next
    Notes(follow::Notes),
}

const EXAMPLES: &str = "\
Examples:
  minicontainer demo                         choose one from a menu
  minicontainer demo --list                  which demos there are
  minicontainer demo hostname                step by step, host and container side by side
  minicontainer demo notes                   in a second terminal: the speaker's notes, step by step with it
  minicontainer demo hostname --auto         by itself
  minicontainer demo hostname --plain        as text
  minicontainer demo hostname --speaker-notes > hostname.md
  minicontainer demo hostname --record hostname.cast";

/// Show one.
pub fn run(demo: &Demo) -> Result<ExitCode> {
    match (&demo.command, &demo.name) {
        (Some(Command::Notes(flags)), _) => return follow::run(flags),
        (None, Some(name)) if demo.speaker_notes => return print_notes(name),
        _ => {}
    }
    let scenario = match &demo.name {
        _ if demo.list => return list::list(demo.json),
        Some(name) => scenario::find(name)?,
        None if !demo.has_screen() => return list::list(demo.json),
        None => match choose(demo)? {
            Ok(scenario) => scenario,
            Err(code) => return Ok(code.into()),
        },
    };
    if let Some(path) = &demo.record {
        record::try_path(path)?;
    }
    let estate = Estate::new()?;
    let cleanup = scenario.cleanup.clone();
    keep(&estate, &cleanup, || play(demo, &scenario, &estate))
}

impl Demo {
    fn has_screen(&self) -> bool {
        std::io::stdout().is_terminal() && std::io::stdin().is_terminal() && !self.plain
    }

    fn options(&self) -> screen::Options {
        let plain = theme::no_color();
        let Demo { auto, fast, notes, large, light, .. } = *self;
        screen::Options { auto, fast, notes, large, light, plain, ..screen::Options::default() }
    }

    /// A recording has colours wherever it is made, and pauses for whoever will see it.
    fn recorded(&self) -> screen::Options {
        let (size, clock) = (Some(self.size), Clock::skipping());
        screen::Options { auto: true, fast: false, plain: false, size, clock, ..self.options() }
    }
}

fn print_notes(name: &str) -> Result<ExitCode> {
    std::io::stdout().write_all(speaker::notes(&scenario::find_whole(name)?).as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

fn play(demo: &Demo, scenario: &Scenario, estate: &Estate) -> Result<bool> {
    if let Some(path) = &demo.record {
        return record::play(scenario, estate, demo.recorded(), path);
    }
    if demo.has_screen() {
        let mut channel = Channel::open();
        return screen::play(scenario, estate, demo.options(), &mut |player| channel.follow(player));
    }
    plain::play(scenario, estate, Pace { auto: demo.auto, fast: demo.fast })
}

/// From the menu. It has a keeper too, who gives the terminal back whatever happens. `Err`: none, and the code to end with.
fn choose(demo: &Demo) -> Result<std::result::Result<Scenario, u8>> {
    let scenarios = scenario::all();
    let estate = Estate::new()?;
    let ask =
        || Ok(menu::choose(&scenarios, &estate, demo.options().theme())?.map_or(0, |index| CHOSEN + index));
    let code = watch_over(&estate, &[], ask)?;
    let index = code.checked_sub(CHOSEN).map(usize::from);
    Ok(index.and_then(|index| scenarios.get(index)).cloned().ok_or(code))
}

/// The code by which the menu's process says that the first one was chosen.
const CHOSEN: u8 = 10;

/// The code of a demo in which something was not as announced.
const NOT_AS_ANNOUNCED: u8 = 1;

/// Do `work` in a process of its own, and clean up after it however it ends.
///
/// **The trick** is called the *keeper*: this process only waits. When the other one ends, or is killed, everybody who
/// is left becomes the keeper's child; he ends them, removes what was made, and gives the terminal back. When it is the
/// keeper who is killed, the other one sees that his parent has changed, and does the same.
pub fn keep(estate: &Estate, cleanup: &[String], work: impl FnOnce() -> Result<bool>) -> Result<ExitCode> {
    let code = || Ok(if work()? { 0 } else { NOT_AS_ANNOUNCED });
    Ok(watch_over(estate, cleanup, code)?.into())
}

/// The same for work that says with which code to end.
fn watch_over(estate: &Estate, cleanup: &[String], work: impl FnOnce() -> Result<u8>) -> Result<u8> {
    let terminal = Terminal::remember();
    sys::prctl_set_child_subreaper()?;
    sys::sigmask_set(&TO_THE_WORKER)?;
    let worker = match sys::fork()? {
        ForkResult::Parent { child } => child,
        ForkResult::Child => sys::exit_now(be_the_worker(estate, cleanup, work)),
    };
    let signals = sys::signalfd(&TO_THE_WORKER.into_iter().collect())?;
    let status = loop {
        let signal = sys::next_signal(&signals)?;
        if i32::try_from(signal.ssi_signo).ok() != Some(Signal::SIGCHLD as i32) {
            sys::kill(worker, Signal::SIGTERM).ok(); // he has no more to do before he ends; we have
        }
        match sys::waitpid(worker, WaitPidFlag::WNOHANG)? {
            WaitStatus::StillAlive => {}
            status => break status,
        }
    };
    terminal.give_back(matches!(status, WaitStatus::Signaled(..)));
    estate.wind_up(cleanup)?;
    Ok(match status {
        WaitStatus::Exited(_, code) => u8::try_from(code).unwrap_or(u8::MAX),
        WaitStatus::Signaled(_, signal, _) => 128 + signal as u8,
        _ => u8::MAX,
    })
}

/// What would end us, and the end of a child.
const TO_THE_WORKER: [Signal; 5] =
    [Signal::SIGCHLD, Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP, Signal::SIGQUIT];

fn be_the_worker(estate: &Estate, cleanup: &[String], work: impl FnOnce() -> Result<u8>) -> u8 {
    let keeper = nix::unistd::getppid();
    let ready = sys::sigmask_set(&[]).and_then(|()| sys::prctl_set_child_subreaper());
    let code = match ready.and_then(|()| work()) {
        Ok(code) => code,
        Err(error) => {
            cli::complain("minicontainer", &error);
            error.exit_code()
        }
    };
    if nix::unistd::getppid() != keeper {
        estate.wind_up(cleanup).ok(); // nobody is left to tell
    }
    code
}

/// How the terminal was before the demo.
struct Terminal(Option<nix::sys::termios::Termios>);

impl Terminal {
    fn remember() -> Terminal {
        let input = std::io::stdin();
        Terminal(input.is_terminal().then(|| nix::sys::termios::tcgetattr(input).ok()).flatten())
    }

    /// Its modes, and where the worker was killed and could not do it himself, its first screen and its cursor.
    fn give_back(&self, killed: bool) {
        let Some(attributes) = &self.0 else { return };
        if killed && std::io::stdout().is_terminal() {
            screen::give_back();
        }
        sys::set_attributes(std::io::stdin().as_fd(), attributes).ok(); // or it is gone
    }
}
