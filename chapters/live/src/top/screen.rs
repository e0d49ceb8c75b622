//! The terminal of `top`: raw and on its second screen, and as it was on every way out.

use std::{
    io::{self, IsTerminal},
    os::fd::AsFd,
    process::ExitCode,
    time::{Duration, Instant},
};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use ratatui::{
    DefaultTerminal,
    crossterm::{
        cursor::Show,
        event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers},
        execute,
    },
};
use sys::{Result, SigSet, Signal};

use super::{Top, board::Board, wanted};
use crate::{gauges::Gauge, theme::Theme};

/// How long a signal may wait.
const PATIENCE: Duration = Duration::from_millis(50);

/// How many lines a page is.
const PAGE: isize = 10;

/// Dropped, it gives the terminal back; a panic does so too, before it says anything.
struct Screen(DefaultTerminal);

impl Screen {
    fn open() -> io::Result<Screen> {
        ratatui::try_init().map(Screen)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        ratatui::try_restore().ok(); // a terminal that is gone needs nothing back
    }
}

/// Until a key or a signal ends it.
pub fn run(flags: &Top) -> Result<ExitCode> {
    end_at_a_signal()?;
    let mut screen = Screen::open()?;
    let gauge = flags.gauge.first().copied().unwrap_or(Gauge::Memory);
    let mut board = Board::new(gauge, Theme::wanted(flags.light));
    let (mut next, mut is_new) = (Instant::now(), true);
    let input_is_terminal = io::stdin().is_terminal();
    while !(input_is_terminal && has_hung_up()) {
        if Instant::now() >= next {
            board.refresh(&wanted(flags));
            next = Instant::now() + flags.interval;
            is_new = true;
        }
        if is_new {
            screen.0.draw(|frame| board.draw(frame.area(), frame.buffer_mut()))?;
        }
        is_new = match wait_for_event(next.saturating_duration_since(Instant::now()).min(PATIENCE))? {
            Some(event) if obey(&mut board, &event) => true, // a new size is found when we draw
            Some(_) => return Ok(ExitCode::SUCCESS),
            None => false,
        };
    }
    Ok(end_of(Signal::SIGHUP).into())
}

/// Signals have a thread of their own: crossterm (0.29) asks a terminal that is gone again and again, and never comes back.
fn end_at_a_signal() -> Result<()> {
    let ends = [Signal::SIGTERM, Signal::SIGHUP, Signal::SIGINT, Signal::SIGQUIT];
    // Blocked before there is any other thread, or that one would be ended by them.
    let signals = sys::signalfd(&ends.into_iter().collect::<SigSet>())?;
    // And SIGWINCH: where it comes together with a key, crossterm forgets the key until the next one is pressed.
    sys::sigmask_set(&[ends.as_slice(), &[Signal::SIGWINCH]].concat())?;
    std::thread::spawn(move || {
        let number = sys::next_signal(&signals).ok().and_then(|signal| u8::try_from(signal.ssi_signo).ok());
        let mut output = io::stdout().lock(); // so nobody draws any more
        ratatui::try_restore().ok();
        execute!(output, Show).ok();
        std::process::exit(number.map_or(125, |number| 128 + i32::from(number)))
    });
    Ok(())
}

fn end_of(signal: Signal) -> u8 {
    128 + signal as u8
}

/// Whether standard input, a terminal, is gone. That is told unasked.
fn has_hung_up() -> bool {
    let input = io::stdin();
    let mut ready = [PollFd::new(input.as_fd(), PollFlags::empty())];
    let answered = poll(&mut ready, PollTimeout::ZERO).is_ok();
    answered && ready[0].revents().is_some_and(|now| now.contains(PollFlags::POLLHUP))
}

/// The next key or size, if there is one in time.
fn wait_for_event(patience: Duration) -> Result<Option<Event>> {
    Ok(if event::poll(patience)? { Some(event::read()?) } else { None })
}

/// Do what a key says. Whether we go on.
fn obey(board: &mut Board, event: &Event) -> bool {
    match event {
        Event::Key(key) if key.kind != KeyEventKind::Release => press(board, *key),
        _ => true,
    }
}

fn press(board: &mut Board, key: KeyEvent) -> bool {
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    match key.code {
        KeyCode::Char('c') if control => return false,
        KeyCode::Char('q') | KeyCode::Esc => return false,
        KeyCode::Up | KeyCode::Char('k') => board.choose(-1),
        KeyCode::Down | KeyCode::Char('j') => board.choose(1),
        KeyCode::Tab => board.turn(1),
        KeyCode::BackTab => board.turn(Gauge::ALL.len() - 1),
        KeyCode::PageDown => board.scroll(PAGE),
        KeyCode::PageUp => board.scroll(-PAGE),
        KeyCode::Char(digit @ '1'..='7') => {
            board.show(Gauge::ALL[usize::from(digit as u8 - b'1')]);
        }
        _ => {}
    }
    true
}
