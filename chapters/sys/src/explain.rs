//! `--explain`: the runtime tells each system call as it really happens.
//!
//! Parent and child write to the same standard error, each in its own column, one `write(2)` a line,
//! so that the order on the screen is the order in time. What is shown is what was called, printed by
//! the function that called it, never what was meant to be called. A line that ends in … was printed
//! before its call and not after it (`call_shown_before` says which and why); had the call failed, a second would say so.

use std::{
    fmt,
    io::{IsTerminal, Write},
    sync::{
        OnceLock,
        atomic::{AtomicBool, AtomicU8, Ordering},
    },
};

use anstyle::{AnsiColor, Style};
use serde::{Deserialize, Serialize};

use crate::Place;

/// Which of the two processes is speaking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[repr(u8)]
pub enum Side {
    /// The runtime, outside.
    Parent,
    /// The process that becomes the command, inside.
    Child,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Side::Parent => "parent",
            Side::Child => "child",
        })
    }
}

static SIDE: AtomicU8 = AtomicU8::new(Side::Parent as u8);
static SCREEN: OnceLock<Screen> = OnceLock::new();
static SILENT: AtomicBool = AtomicBool::new(false);

/// Which of the two processes this is.
pub fn side() -> Side {
    if SIDE.load(Ordering::Relaxed) == Side::Child as u8 { Side::Child } else { Side::Parent }
}

pub(crate) fn set_side(side: Side) {
    SIDE.store(side as u8, Ordering::Relaxed);
}

/// From here on, show every call on standard error.
pub fn enable() {
    let screen = SCREEN.get_or_init(Screen::of_stderr);
    Screen::print(&screen.row(screen.dim, "", "parent", "child"));
    Screen::print(&screen.rule());
}

/// From here on this process shows nothing: it is neither of the two.
pub fn silence() {
    SILENT.store(true, Ordering::Relaxed);
}

/// What to show it on, if anything is to be shown.
fn screen() -> Option<&'static Screen> {
    SCREEN.get().filter(|_| !SILENT.load(Ordering::Relaxed))
}

/// A sentence across both columns, for what a system call alone does not say.
pub fn note(text: &str) {
    if let Some(screen) = screen() {
        Screen::print(&screen.remark(text));
    }
}

/// A call that has returned.
pub(crate) fn call(line: &str, outcome: &str, page: &str, place: &Place) {
    if let Some(screen) = screen() {
        Screen::print(&screen.call(&format!("{line} = {outcome}"), page, place.chapter()));
    }
}

/// A call that is being made.
pub(crate) fn announce(line: &str, page: &str, place: &Place) {
    if let Some(screen) = screen() {
        Screen::print(&screen.call(&format!("{line} …"), page, place.chapter()));
    }
}

/// How wide a row is and whether it has colours.
struct Screen {
    column: usize,
    dim: Style,
    parent: Style,
    child: Style,
}

/// The width of the first column: a chapter and a man page.
const MARGIN: usize = 24;

impl Screen {
    fn of_stderr() -> Screen {
        let stderr = std::io::stderr();
        let colour = anstream::AutoStream::choice(&stderr) != anstream::ColorChoice::Never;
        let width = if stderr.is_terminal() { terminal_width() } else { columns_variable() };
        Screen::new(width.unwrap_or(132), colour)
    }

    fn new(width: usize, colour: bool) -> Screen {
        let style = |style: Style| if colour { style } else { Style::new() };
        Screen {
            column: ((width.saturating_sub(MARGIN + 6)) / 2).max(24),
            dim: style(Style::new().dimmed()),
            parent: style(AnsiColor::Cyan.on_default()),
            child: style(AnsiColor::Yellow.on_default()),
        }
    }

    fn print(text: &str) {
        // One write for the whole row, so that rows of the two processes never mix. A standard error
        // that cannot be written to must not stop the container.
        std::io::stderr().write_all(text.as_bytes()).ok();
    }

    fn call(&self, text: &str, page: &str, chapter: Option<u8>) -> String {
        let margin = chapter.map_or_else(|| page.to_owned(), |chapter| format!("ch{chapter:02} {page}"));
        match side() {
            Side::Parent => self.row(self.parent, &margin, text, ""),
            Side::Child => self.row(self.child, &margin, "", text),
        }
    }

    /// One row of the table; a text that is too long for its column goes on below.
    fn row(&self, style: Style, margin: &str, left: &str, right: &str) -> String {
        let (left, right) = (wrap(left, self.column), wrap(right, self.column));
        let empty = String::new();
        (0..left.len().max(right.len()))
            .map(|line| {
                let margin = if line == 0 { margin } else { "" };
                let left = left.get(line).unwrap_or(&empty);
                let right = right.get(line).unwrap_or(&empty);
                let (dim, width) = (self.dim, self.column);
                let text = format!(
                    "{dim}{margin:<MARGIN$} │{dim:#} {style}{left:<width$}{style:#} {dim}│{dim:#} {style}{right}{style:#}"
                );
                text.trim_end().to_owned() + "\n"
            })
            .collect()
    }

    fn rule(&self) -> String {
        let line = |length| "─".repeat(length);
        let (margin, left, right) = (line(MARGIN + 1), line(self.column + 2), line(self.column + 1));
        format!("{dim}{margin}┼{left}┼{right}{dim:#}\n", dim = self.dim)
    }

    fn remark(&self, text: &str) -> String {
        let (lines, dim) = (wrap(text, MARGIN + 2 * self.column), self.dim);
        format!("{dim}  ▸ {}{dim:#}\n", lines.join("\n    "))
    }
}

/// COLUMNS says how wide a row may be where there is no terminal to ask.
fn columns_variable() -> Option<usize> {
    std::env::var("COLUMNS").ok()?.parse().ok()
}

fn terminal_width() -> Option<usize> {
    let mut size = libc::winsize { ws_row: 0, ws_col: 0, ws_xpixel: 0, ws_ypixel: 0 };
    #[allow(unsafe_code)]
    // SAFETY: TIOCGWINSZ writes one winsize, and `size` is one that outlives the call.
    let answer = unsafe { libc::ioctl(libc::STDERR_FILENO, libc::TIOCGWINSZ, &raw mut size) };
    (answer == 0 && size.ws_col > 0).then_some(size.ws_col.into())
}

/// Break `text` into lines of at most `width` characters, after a space, a comma or a `|` if there is one.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for piece in text.split_inclusive([' ', '|', '/']) {
        for chunk in chunks(piece, width) {
            let line = lines.last_mut().expect("there is always a line");
            let length = line.chars().count() + chunk.trim_end().chars().count();
            if length > width && !line.is_empty() {
                lines.push(chunk);
            } else {
                line.push_str(&chunk);
            }
        }
    }
    lines.iter().map(|line| line.trim_end().to_owned()).collect()
}

/// A piece that is longer than a whole line is cut.
fn chunks(piece: &str, width: usize) -> Vec<String> {
    let characters: Vec<char> = piece.chars().collect();
    characters.chunks(width).map(|chunk| chunk.iter().collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_calls_go_on_below() {
        assert_eq!(
            wrap("mount(NULL, \"/\", NULL, MS_REC|MS_PRIVATE, NULL) = 0", 24),
            ["mount(NULL, \"/\", NULL,", "MS_REC|MS_PRIVATE, NULL)", "= 0"]
        );
        assert_eq!(wrap("abcdef", 3), ["abc", "def"]);
        assert_eq!(wrap("", 3), [""]);
    }

    #[test]
    fn nothing_is_wider_than_the_terminal() {
        let screen = Screen::new(80, false);
        let rows =
            [screen.rule(), screen.row(screen.dim, &"m".repeat(MARGIN), &"x ".repeat(99), &"y ".repeat(99))];
        for line in rows.iter().flat_map(|row| row.lines()) {
            assert!(line.chars().count() <= 80, "{line}");
        }
    }

    #[test]
    fn parent_and_child_have_their_own_column() {
        let screen = Screen::new(80, false);
        let row = screen.row(screen.child, "ch02 sethostname(2)", "", "sethostname(\"pandora\", 7) = 0");
        assert_eq!(
            row,
            "ch02 sethostname(2)      │                           │ sethostname(\"pandora\", 7)\n\
             \x20                        │                           │ = 0\n"
        );
    }
}
