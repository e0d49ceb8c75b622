//! Where everything stands.
//!
//! A pane that changes its size makes its shell draw its prompt anew. So the texts have room for the longest of the
//! scenario, and from step to step nothing moves.

use ratatui::{
    layout::{Constraint, Layout, Rect},
    text::Span,
};
use sys::Size;

use crate::{
    scenario::{Scenario, Step},
    screen::view::View,
};

/// Below this, two panes and what is around them are of no use: one is shown, as in large type.
const SMALL: Size = Size { rows: 16, columns: 60 };

/// Letters of four rows need a screen of so many.
const TALL: u16 = 20;

/// A place for everything. What is not shown has no height.
#[derive(Clone, Copy, Debug, Default)]
pub struct Places {
    /// Only the pane of the step is shown, and without a frame.
    pub one: bool,
    /// Title, number of the step.
    pub head: Rect,
    /// The title of the step in large letters.
    pub letters: Rect,
    /// The caption.
    pub caption: Rect,
    /// Host and container, with their frames. Where only one is shown, both are there.
    pub panes: [Rect; 2],
    /// The gauge.
    pub gauge: Rect,
    /// The command that comes.
    pub command: Rect,
    /// What is going on.
    pub state: Rect,
    /// For the speaker.
    pub notes: Rect,
    /// The keys.
    pub keys: Rect,
}

impl Places {
    /// What is inside the frames: there a shell has its terminal.
    pub fn insides(&self) -> [Rect; 2] {
        self.panes.map(|pane| {
            if self.one {
                Rect { y: pane.y + pane.height.min(1), height: pane.height.saturating_sub(1), ..pane }
            } else {
                pane.inner(ratatui::layout::Margin::new(1, 1))
            }
        })
    }

    /// How large the shells' terminals are.
    pub fn sizes(&self) -> [Size; 2] {
        self.insides().map(|inside| Size { rows: inside.height.max(1), columns: inside.width.max(1) })
    }
}

/// The place of everything on a screen of this size, at step `at`.
pub fn places(size: Size, view: &View, scenario: &Scenario, at: usize) -> Places {
    let all = Rect::new(0, 0, size.columns, size.rows);
    let one = view.large || size.rows < SMALL.rows || size.columns < SMALL.columns;
    let longest = |text: &dyn Fn(&Step) -> String, most| {
        scenario.steps.iter().map(|step| height(&text(step), size.columns)).max().unwrap_or(0).min(most)
    };
    let has_gauge = view.gauges && scenario.steps.iter().take(at + 1).any(|step| step.gauge.is_some());
    let room = size.rows / 8;
    let caption = longest(&|step| step.caption.clone(), room.max(1));
    let notes = longest(&|step| step.note.clone().unwrap_or_default(), room + 1);
    let notes = if view.notes && size.rows >= SMALL.rows { notes } else { 0 };
    let gauge = if has_gauge { size.rows / 6 } else { 0 };
    let command = longest(&command_of, 2).max(1);
    let keys = u16::from(size.rows >= 8);
    // What is left for the panes, if there is nothing that can be done without.
    let left = size.rows.saturating_sub(2 + caption + gauge + command + notes + keys);
    let gap = u16::from(left >= 14);
    let letters = if view.large && size.rows >= TALL && left >= 15 { 5 } else { 0 };
    let [head, letters, _, caption, _, panes, gauge, command, state, notes, keys] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(letters),
        Constraint::Length(gap),
        Constraint::Length(caption),
        Constraint::Length(gap),
        Constraint::Min(3),
        Constraint::Length(gauge),
        Constraint::Length(command),
        Constraint::Length(1),
        Constraint::Length(notes),
        Constraint::Length(keys),
    ])
    .areas(all);
    let halves = if one { [panes; 2] } else { Layout::horizontal([Constraint::Fill(1); 2]).areas(panes) };
    Places { one, head, letters, caption, panes: halves, gauge, command, state, notes, keys }
}

/// Room for the longest prompt, too.
fn command_of(step: &Step) -> String {
    let command = step.host.as_deref().or(step.container.as_deref()).unwrap_or_default();
    format!("❯ root@container# {command}")
}

fn height(text: &str, width: u16) -> u16 {
    u16::try_from(wrap(text, width).len()).unwrap_or(u16::MAX)
}

/// A text in lines, broken between words; a word that is longer than a line is broken, too.
pub fn wrap(text: &str, width: u16) -> Vec<String> {
    let width = usize::from(width.max(1));
    let mut lines: Vec<String> = Vec::new();
    for paragraph in text.lines() {
        lines.push(String::new());
        for word in paragraph.split_whitespace() {
            place(word, width, &mut lines);
        }
    }
    lines
}

fn place(word: &str, width: usize, lines: &mut Vec<String>) {
    let columns = |text: &str| Span::raw(text).width();
    let Some(line) = lines.last_mut() else { return };
    let gap = usize::from(!line.is_empty());
    if columns(line) + gap + columns(word) <= width {
        line.push_str(&" ".repeat(gap));
        line.push_str(word);
        return;
    }
    if !line.is_empty() {
        lines.push(String::new());
    }
    for letter in word.chars() {
        if lines.last().is_some_and(|line| columns(line) + columns(letter.encode_utf8(&mut [0; 4])) > width) {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            line.push(letter);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_broken_between_words() {
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh ij", 3), ["abc", "def", "gh", "ij"]);
        assert_eq!(wrap("", 8), Vec::<String>::new());
    }
}
