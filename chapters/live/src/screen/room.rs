//! The terminal while a demo has it: raw, on its other screen, and given back on every way out.

use std::{io::Write, os::fd::AsFd, sync::Once};

use nix::sys::termios::Termios;
use ratatui::crossterm::{
    cursor::Show,
    event::{DisableBracketedPaste, EnableBracketedPaste},
    execute,
    terminal::{Clear, ClearType, EnterAlternateScreen, LeaveAlternateScreen},
};
use sys::{Result, Signal};

/// Given back when dropped.
pub struct Room {
    before: Termios,
}

impl Room {
    /// Take the terminal of standard input and output.
    pub fn enter() -> Result<Room> {
        // We look at the size ourselves. Crossterm would be told of it by a signal, and where that comes together with a
        // key, forgets the key until the next one is pressed.
        sys::sigmask_set(&[Signal::SIGWINCH])?;
        let before = sys::set_raw(std::io::stdin())?;
        let room = Room { before };
        leave_before_a_panic_is_told();
        // No mouse: whoever selects text with it wants his terminal's own way, and most turn its wheel into arrow keys.
        execute!(std::io::stdout(), EnterAlternateScreen, EnableBracketedPaste)?;
        Ok(room)
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        give_back();
        sys::set_attributes(std::io::stdin().as_fd(), &self.before).ok(); // or it is gone
    }
}

/// Back to the first screen, with a cursor. Also for whoever finds a terminal that somebody else has left behind.
pub fn give_back() {
    // The other screen is emptied first: tmux 3.3 shows what was on it on the first one, if its size has changed.
    let mut out = std::io::stdout();
    execute!(out, DisableBracketedPaste, Clear(ClearType::All), LeaveAlternateScreen, Show).ok(); // or it is gone
    out.flush().ok();
}

/// What is printed on the other screen goes away with it, and so would the message of a panic.
fn leave_before_a_panic_is_told() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let tell = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            give_back();
            tell(panic);
        }));
    });
}
