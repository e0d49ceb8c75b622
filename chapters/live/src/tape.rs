//! What a program has printed, and the screen that comes of it.
//!
//! **The trick** is called the *tape*: the emulator of a terminal cuts off what does not fit when it becomes smaller. So
//! the bytes are kept, and a screen of another size is made by playing them once more.

use sys::Size;

/// How much is kept.
const KEPT: usize = 1 << 17;

/// Bytes, and their screen.
pub struct Tape {
    bytes: Vec<u8>,
    screen: vt100::Parser,
    scrollback: usize,
}

impl Tape {
    /// Nothing, on a screen of this size, which remembers so many lines.
    pub fn new(size: Size, scrollback: usize) -> Tape {
        let screen = vt100::Parser::new(size.rows, size.columns, scrollback);
        Tape { bytes: Vec::new(), screen, scrollback }
    }

    /// More.
    pub fn process(&mut self, bytes: &[u8]) {
        self.screen.process(bytes);
        self.bytes.extend_from_slice(bytes);
        if self.bytes.len() > 2 * KEPT {
            let from = self.bytes.len() - KEPT;
            // From the beginning of a line, or the first thing to be played might be half a letter.
            let line = self.bytes[from..].iter().position(|byte| *byte == b'\n').map_or(0, |end| end + 1);
            self.bytes.drain(..from + line);
        }
    }

    /// The screen is of another size.
    pub fn resize(&mut self, size: Size) {
        // Who has taken the whole screen draws it anew when he is told.
        if self.screen.screen().alternate_screen() {
            self.screen.screen_mut().set_size(size.rows, size.columns);
            return;
        }
        self.screen = vt100::Parser::new(size.rows, size.columns, self.scrollback);
        self.screen.process(&self.bytes);
    }

    /// What is to be seen.
    pub fn screen(&self) -> &vt100::Screen {
        self.screen.screen()
    }

    /// Look back so many lines.
    pub fn scroll_to(&mut self, lines: usize) {
        self.screen.screen_mut().set_scrollback(lines);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_in_a_smaller_one() {
        let (wide, narrow) = (Size { rows: 4, columns: 20 }, Size { rows: 2, columns: 5 });
        let mut tape = Tape::new(wide, 100);
        tape.process(b"1234567890\r\n$ ");
        tape.resize(narrow);
        assert_eq!(tape.screen().contents(), "67890\n$ ");
        tape.resize(wide);
        assert_eq!(tape.screen().contents(), "1234567890\n$ ");
    }

    #[test]
    fn a_tape_has_an_end() {
        let mut tape = Tape::new(Size { rows: 2, columns: 5 }, 0);
        for _ in 0..KEPT {
            tape.process(b"abc\r\n");
        }
        assert!(tape.bytes.len() <= 2 * KEPT && tape.bytes.starts_with(b"abc"));
    }
}
