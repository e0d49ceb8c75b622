//! `minicontainer demo notes`: what the speaker reads in a second terminal while the room looks at the first.

mod page;

use std::{
    io::{BufRead, BufReader, ErrorKind, IsTerminal, Read},
    os::{
        fd::{AsFd, BorrowedFd},
        unix::net::UnixStream,
    },
    process::ExitCode,
    time::{Duration, Instant},
};

use clap::Args;
use nix::poll::{PollFd, PollFlags, PollTimeout};
use ratatui::{
    Terminal,
    backend::CrosstermBackend,
    crossterm::{cursor, execute, terminal as alternate},
};
use sys::{Error, Result, Signal};

use crate::notes::{self, State};

/// The flags of `demo notes`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct Notes {
    /// Lines of text instead of a screen; so it is anyway where the output is no terminal
    #[arg(long)]
    plain: bool,

    /// One JSON object a line, whenever the demo goes on
    #[arg(long, conflicts_with = "plain")]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  minicontainer demo notes                   in a second terminal: what to say, what comes next, how late it is
  minicontainer demo notes --plain           each step's note as it comes
  minicontainer demo notes --json | jq -r .note";

/// Between two looks for a demo that has not begun yet.
const LOOK: Duration = Duration::from_millis(300);

/// Follow the demo that runs, or the next one, to its end.
pub fn run(flags: &Notes) -> Result<ExitCode> {
    if flags.json || flags.plain || !std::io::stdout().is_terminal() {
        lines(flags.json)?;
    } else {
        screen()?;
    }
    Ok(ExitCode::SUCCESS)
}

// As text

fn lines(json: bool) -> Result<()> {
    let mut before = 0;
    for line in BufReader::new(wait()?).lines() {
        let line = line?;
        if json {
            println!("{line}");
            continue;
        }
        let state = read(&line)?;
        if state.step != before {
            before = state.step;
            println!("{}", text(&state));
        }
    }
    if !json {
        println!("The demo has ended.");
    }
    Ok(())
}

/// Until there is a demo.
fn wait() -> Result<UnixStream> {
    let mut told = false;
    loop {
        if let Some(stream) = notes::connect()? {
            return Ok(stream);
        }
        if !told {
            eprintln!("{}", page::WAITING);
            told = true;
        }
        std::thread::sleep(LOOK);
    }
}

fn read(line: &str) -> Result<State> {
    serde_json::from_str(line).map_err(|error| {
        Error::new("what the demo says").why(error.to_string()).remedy("Is it of another version?")
    })
}

/// A step as a few lines.
fn text(state: &State) -> String {
    let mut text = format!("{} of {}. {}\n{}\n", state.step, state.steps, state.title, state.caption);
    if let Some(command) = &state.command {
        text += &format!("\n    {}: {command}\n", state.pane);
    }
    if let Some(note) = &state.note {
        text += &format!("\n{}\n", note.trim());
    }
    text
}

// As a screen

/// A terminal of our own: raw, its second screen, no cursor. All of it is given back.
struct Stage {
    before: nix::sys::termios::Termios,
    terminal: Terminal<CrosstermBackend<std::io::Stdout>>,
}

impl Stage {
    fn enter() -> Result<Stage> {
        let before = sys::set_raw(std::io::stdin())?;
        execute!(std::io::stdout(), alternate::EnterAlternateScreen, cursor::Hide)?;
        Ok(Stage { before, terminal: Terminal::new(CrosstermBackend::new(std::io::stdout()))? })
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        // Whatever fails here, the terminal is gone.
        execute!(std::io::stdout(), cursor::Show, alternate::LeaveAlternateScreen).ok();
        sys::set_attributes(std::io::stdin(), &self.before).ok();
    }
}

/// The demo that is followed.
struct Followed {
    stream: UnixStream,
    /// What has come of the next line.
    rest: Vec<u8>,
    state: State,
    /// When the demo began, by our clock.
    began: Instant,
}

impl Followed {
    fn new(stream: UnixStream) -> Result<Followed> {
        stream.set_nonblocking(true)?;
        Ok(Followed { stream, rest: Vec::new(), state: State::default(), began: Instant::now() })
    }

    /// Take what has come. `false`: the demo has ended.
    fn read(&mut self) -> Result<bool> {
        let mut buffer = [0; 4096];
        loop {
            match self.stream.read(&mut buffer) {
                Ok(0) => return Ok(false),
                Ok(count) => self.rest.extend_from_slice(&buffer[..count]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    return self.take_lines().map(|()| true);
                }
                Err(error) if error.kind() == ErrorKind::ConnectionReset => return Ok(false),
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn take_lines(&mut self) -> Result<()> {
        while let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.rest.drain(..=end).collect();
            self.state = read(&String::from_utf8_lossy(&line))?;
            let elapsed = Duration::from_secs(self.state.elapsed);
            self.began = Instant::now().checked_sub(elapsed).unwrap_or_else(Instant::now);
        }
        Ok(())
    }
}

/// Redraw whenever something has happened, and every second for the clock.
fn screen() -> Result<()> {
    if !std::io::stdin().is_terminal() {
        return Err(Error::new("demo notes").why("standard input is no terminal").remedy("Take --plain."));
    }
    let signals = sys::signalfd(&ENDING.into_iter().chain([Signal::SIGWINCH]).collect())?;
    let mut stage = Stage::enter()?;
    let mut followed: Option<Followed> = None;
    loop {
        if followed.is_none() {
            followed = notes::connect()?.map(Followed::new).transpose()?;
        }
        if let Some(demo) = &mut followed
            && !demo.read()?
        {
            let farewell = page::farewell(&demo.state, demo.began.elapsed());
            drop(stage);
            println!("{farewell}");
            return Ok(());
        }
        let shown = followed.as_ref().map(|demo| (&demo.state, demo.began.elapsed()));
        stage.terminal.draw(|frame| page::draw(frame, shown))?;
        let timeout = if followed.is_some() { Duration::from_secs(1) } else { LOOK };
        wake(&signals, followed.as_ref(), timeout)?;
        if somebody_leaves(&signals)? {
            return Ok(());
        }
    }
}

/// What ends it.
const ENDING: [Signal; 4] = [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP, Signal::SIGQUIT];

/// Sleep until there is something to do.
fn wake(signals: impl AsFd, followed: Option<&Followed>, timeout: Duration) -> Result<()> {
    let input = std::io::stdin();
    let mut sources: Vec<BorrowedFd> = vec![signals.as_fd(), input.as_fd()];
    sources.extend(followed.map(|demo| demo.stream.as_fd()));
    poll(&sources, timeout).map(drop)
}

/// poll(2) for reading: which of them have something.
fn poll(sources: &[BorrowedFd], timeout: Duration) -> Result<Vec<bool>> {
    let mut asked: Vec<_> = sources.iter().map(|source| PollFd::new(*source, PollFlags::POLLIN)).collect();
    let timeout = PollTimeout::try_from(timeout).unwrap_or(PollTimeout::MAX);
    match nix::poll::poll(&mut asked, timeout) {
        Ok(_) | Err(nix::Error::EINTR) => {
            Ok(asked.iter().map(|asked| asked.any().unwrap_or(false)).collect())
        }
        Err(errno) => Err(std::io::Error::from(errno).into()),
    }
}

/// Ctrl-C, `q`, or a signal; or the terminal is gone.
fn somebody_leaves(signals: &nix::sys::signalfd::SignalFd) -> Result<bool> {
    let input = std::io::stdin();
    let told = poll(&[signals.as_fd(), input.as_fd()], Duration::ZERO)?;
    if told[0] {
        let signal = i32::try_from(sys::next_signal(signals)?.ssi_signo).ok();
        return Ok(signal != Some(Signal::SIGWINCH as i32));
    }
    let mut keys = [0; 64];
    let count = if told[1] { nix::unistd::read(&input, &mut keys).unwrap_or(0) } else { return Ok(false) };
    Ok(count == 0 || keys[..count].iter().any(|key| matches!(key, 3 | b'q')))
}
