//! The table: parent and child in a column each, and what only a terminal can show.

use std::{io::IsTerminal, time::Duration};

use anstyle::{AnsiColor, Style};

use super::{Call, Side, side};

/// How wide a row is and whether it has colours.
pub(super) struct Screen {
    column: usize,
    dim: Style,
    parent: Style,
    child: Style,
    /// Whether man pages become links, and slow calls say how long they took. A file has neither: it would show the
    /// link's characters, and two runs would never be the same.
    terminal: bool,
}

/// The width of the first column: a chapter and a man page.
const MARGIN: usize = 24;

/// A call that took longer than this says so on a terminal.
const SLOW: Duration = Duration::from_millis(1);

impl Screen {
    pub(super) fn of_stderr() -> Screen {
        let stderr = std::io::stderr();
        let colour = anstream::AutoStream::choice(&stderr) != anstream::ColorChoice::Never;
        let terminal = stderr.is_terminal();
        let width = if terminal { terminal_width() } else { columns_variable() };
        Screen { terminal: terminal && colour, ..Screen::new(width.unwrap_or(132), colour) }
    }

    fn new(width: usize, colour: bool) -> Screen {
        let style = |style: Style| if colour { style } else { Style::new() };
        Screen {
            column: ((width.saturating_sub(MARGIN + 6)) / 2).max(24),
            dim: style(Style::new().dimmed()),
            parent: style(AnsiColor::Cyan.on_default()),
            child: style(AnsiColor::Yellow.on_default()),
            terminal: false,
        }
    }

    pub(super) fn heading(&self) -> String {
        self.row(self.dim, "", "parent", "child") + &self.rule()
    }

    pub(super) fn call(&self, call: &Call, outcome: Option<&str>, took: Option<Duration>) -> String {
        let Call { line, page, chapter, .. } = call;
        let margin = chapter.map_or_else(|| (*page).to_owned(), |chapter| format!("ch{chapter:02} {page}"));
        let text = outcome.map_or_else(|| format!("{line} …"), |outcome| format!("{line} = {outcome}"));
        let slow = took.filter(|took| self.terminal && *took > SLOW).map(milliseconds).unwrap_or_default();
        let text = if slow.is_empty() { text } else { format!("{text} {slow}") };
        let row = match side() {
            Side::Parent => self.row(self.parent, &margin, &text, ""),
            Side::Child => self.row(self.child, &margin, "", &text),
        };
        self.dressed(row, page, &slow)
    }

    /// The finished row with what has no width: its man page a link, and the time that the call took in dim.
    fn dressed(&self, row: String, page: &str, slow: &str) -> String {
        let row = match link(page).filter(|_| self.terminal) {
            Some(address) => row.replacen(page, &format!("\x1b]8;;{address}\x1b\\{page}\x1b]8;;\x1b\\"), 1),
            None => row,
        };
        match row.rfind(slow) {
            // It is the last word of its column, so nothing of the column's colour comes after it.
            Some(at) if !slow.is_empty() => {
                let (before, after) = (&row[..at], &row[at + slow.len()..]);
                let dim = self.dim;
                format!("{before}{dim}{slow}{dim:#}{after}")
            }
            _ => row,
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

    pub(super) fn remark(&self, text: &str) -> String {
        let (lines, dim) = (wrap(text, MARGIN + 2 * self.column), self.dim);
        format!("{dim}  ▸ {}{dim:#}\n", lines.join("\n    "))
    }
}

/// Where the Linux man-pages are on the web: `mount(2)` is man2/mount.2.html there. None for what is no man page.
fn link(page: &str) -> Option<String> {
    let (name, section) = page.strip_suffix(')')?.split_once('(')?;
    let folder = section.chars().next().filter(char::is_ascii_digit)?;
    let plain = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || "_-.+".contains(c));
    (!name.is_empty() && plain(name) && plain(section))
        .then(|| format!("https://man7.org/linux/man-pages/man{folder}/{name}.{section}.html"))
}

fn milliseconds(took: Duration) -> String {
    format!("{:.1}ms", took.as_secs_f64() * 1000.0)
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
    fn explain_links_a_page_and_says_what_was_slow_on_a_terminal_only() {
        let place = crate::Place { file: "chapters/ch04/src/mounts.rs".into(), line: 1 };
        let call = Call::begin("mount(NULL)", "mount(2)", &place);
        let took = Some(Duration::from_micros(2340));
        let plain = Screen::new(80, true);
        let shown = plain.call(&call, Some("0"), took);
        assert!(!shown.contains("ms") && !shown.contains("\x1b]"), "{shown:?}");
        let terminal = Screen { terminal: true, ..plain };
        let shown = terminal.call(&call, Some("0"), took);
        assert!(
            shown
                .contains("\x1b]8;;https://man7.org/linux/man-pages/man2/mount.2.html\x1b\\mount(2)\x1b]8;;"),
            "{shown:?}"
        );
        assert!(shown.contains("mount(NULL) = 0 \x1b[2m2.3ms\x1b[0m"), "{shown:?}");
        assert!(!terminal.call(&call, Some("0"), Some(SLOW)).contains("ms\x1b"));
    }

    #[test]
    fn explain_links_only_what_is_a_man_page() {
        assert!(link("PR_SET_PDEATHSIG(2const)").unwrap().ends_with("/man2/PR_SET_PDEATHSIG.2const.html"));
        assert_eq!(link("the book"), None);
        assert_eq!(link("a b(2)"), None);
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
