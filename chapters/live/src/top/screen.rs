//! The terminal of `top`: raw and on its second screen, and as it was on every way out.

use std::{
    io,
    process::ExitCode,
    time::{Duration, Instant},
};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use ratatui::{
    DefaultTerminal,
    crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers},
};
use sys::{Result, SigSet, Signal, SignalFd};

use super::{Top, board::Board, theme, wanted};
use crate::gauges::Gauge;

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
    // Blocked before there is any other thread, or that one would be ended by them.
    let ends = [Signal::SIGTERM, Signal::SIGHUP, Signal::SIGINT, Signal::SIGQUIT];
    let signals = sys::signalfd(&ends.into_iter().collect::<SigSet>())?;
    let mut screen = Screen::open()?;
    let gauge = flags.gauge.first().copied().unwrap_or(Gauge::Memory);
    let mut board = Board::new(gauge, theme(flags));
    let (mut next, mut is_new) = (Instant::now(), true);
    loop {
        if let Some(signal) = pending(&signals)? {
            return Ok((128 + signal).into());
        }
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
}

/// The signal that wants us to end, if there is one.
fn pending(signals: &SignalFd) -> Result<Option<u8>> {
    let mut ready = [PollFd::new(std::os::fd::AsFd::as_fd(signals), PollFlags::POLLIN)];
    match poll(&mut ready, PollTimeout::ZERO) {
        Ok(0) | Err(sys::Errno::EINTR) => Ok(None),
        Ok(_) => Ok(u8::try_from(sys::next_signal(signals)?.ssi_signo).ok()),
        Err(errno) => Err(io::Error::from(errno).into()),
    }
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
