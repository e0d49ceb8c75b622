//! The page of `demo notes`: to be read from a lectern.

use std::time::Duration;

use ratatui::{
    Frame,
    layout::{Alignment, Constraint, Layout},
    style::Style,
    text::{Line, Span},
    widgets::{Block, Paragraph},
};

use crate::{
    notes::{Stand, State},
    theme::Theme,
};

/// Before there is a demo.
pub const WAITING: &str = "No demo of yours runs yet: waiting for one. Ctrl-C leaves.";

/// The margin at both sides.
const MARGIN: u16 = 2;

/// Draw it.
pub fn draw(frame: &mut Frame, shown: Option<(&State, Duration)>) {
    let theme = Theme::wanted(false);
    frame.render_widget(Block::new().style(theme.text), frame.area());
    let area = frame.area().inner(ratatui::layout::Margin { horizontal: MARGIN, vertical: 1 });
    let Some((state, elapsed)) = shown else {
        frame.render_widget(Paragraph::new(WAITING).style(theme.text), area);
        return;
    };
    let [top, middle, bottom] =
        Layout::vertical([Constraint::Length(2), Constraint::Min(1), Constraint::Length(2)]).areas(area);
    frame.render_widget(Line::styled(state.demo_title.clone(), theme.dim), top);
    let time = Line::styled(time(state, elapsed), time_style(&theme, state, elapsed));
    frame.render_widget(Paragraph::new(time).alignment(Alignment::Right), top);
    frame.render_widget(Paragraph::new(body(&theme, state, middle.width, middle.height)), middle);
    frame.render_widget(Paragraph::new(next(&theme, state)), bottom);
}

/// How long it has taken, and how long it should take.
fn time(state: &State, elapsed: Duration) -> String {
    format!("{} of {} min", clock(elapsed), state.minutes)
}

fn clock(elapsed: Duration) -> String {
    format!("{}:{:02}", elapsed.as_secs() / 60, elapsed.as_secs() % 60)
}

fn time_style(theme: &Theme, state: &State, elapsed: Duration) -> Style {
    if elapsed > Duration::from_secs(60 * u64::from(state.minutes)) { theme.warning } else { theme.accent }
}

/// What is said when it is over.
pub fn farewell(state: &State, elapsed: Duration) -> String {
    format!(
        "The demo has ended: {}, {}, step {} of {}.",
        state.demo_title,
        time(state, elapsed),
        state.step,
        state.steps
    )
}

/// The step. The note has the most room: an empty line after each of its lines, where there is room for it.
fn body(theme: &Theme, state: &State, width: u16, height: u16) -> Vec<Line<'static>> {
    let mut lines = vec![heading(theme, state), Line::default()];
    let width = usize::from(width);
    lines.extend(wrap(&state.caption, width).into_iter().map(|line| Line::styled(line, theme.text)));
    lines.push(Line::default());
    if let Some(command) = &state.command {
        let style = if state.pane == "host" { theme.host } else { theme.container };
        let command = format!("{}: {command}", state.pane);
        lines.extend(wrap(&command, width).into_iter().map(|line| Line::styled(line, style)));
        lines.push(Line::default());
    }
    let note = wrap(state.note.as_deref().unwrap_or_default(), width);
    let airy = lines.len() + 2 * note.len() <= usize::from(height);
    for line in note {
        lines.push(Line::styled(line, theme.accent));
        lines.extend(airy.then(Line::default));
    }
    lines
}

fn heading(theme: &Theme, state: &State) -> Line<'static> {
    let (stand, style) = match state.phase {
        Stand::Starting => ("on its way", theme.dim),
        Stand::Ready if state.command.is_some() => ("ready", theme.dim),
        Stand::Ready => ("to be said", theme.dim),
        Stand::Running => ("runs", theme.warning),
        Stand::Done => ("✓ as announced", theme.good),
        Stand::Failed => ("✗ not as announced", theme.bad),
    };
    let title = format!("{} of {}  {}   ", state.step, state.steps, state.title);
    Line::from(vec![Span::styled(title, theme.accent), Span::styled(stand, style)])
}

/// What comes.
fn next(theme: &Theme, state: &State) -> Vec<Line<'static>> {
    let title = state
        .next
        .clone()
        .map_or_else(|| "This is the last step.".to_owned(), |next| format!("Next: {next}"));
    let command =
        state.next_command.clone().map(|command| Line::styled(format!("      {command}"), theme.dim));
    [Line::styled(title, theme.text)].into_iter().chain(command).collect()
}

/// Break a text at its spaces. A word that is longer than a line is cut.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.trim().lines() {
        let mut line = String::new();
        for word in paragraph.split(' ') {
            let length = line.chars().count() + 1 + word.chars().count();
            if !line.is_empty() && length > width {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line += word;
        }
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use ratatui::{Terminal, backend::TestBackend};

    use super::*;

    fn state() -> State {
        State {
            demo: "story".into(),
            demo_title: "A story".into(),
            minutes: 2,
            step: 3,
            steps: 5,
            title: "Its name".into(),
            caption: "The same question.".into(),
            pane: "container".into(),
            command: Some("hostname".into()),
            note: Some("Say it slowly, and wait for somebody who asks.".into()),
            next: Some("A new name".into()),
            next_command: Some("hostname pirate".into()),
            phase: Stand::Done,
            elapsed: 0,
        }
    }

    fn screen(width: u16, height: u16, shown: Option<(&State, Duration)>) -> String {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal.draw(|frame| draw(frame, shown)).unwrap();
        let cells = terminal.backend().buffer().content.chunks(usize::from(width));
        cells
            .map(|row| {
                row.iter().map(ratatui::buffer::Cell::symbol).collect::<String>().trim_end().to_owned() + "\n"
            })
            .collect()
    }

    #[test]
    fn the_page_says_what_to_say() {
        let page = screen(44, 18, Some((&state(), Duration::from_secs(73))));
        let expected = "
  A story                    1:13 of 2 min

  3 of 5  Its name   ✓ as announced

  The same question.

  container: hostname

  Say it slowly, and wait for somebody who

  asks.



  Next: A new name
        hostname pirate

";
        assert_eq!(page, expected);
    }

    #[test]
    fn a_small_page_has_no_empty_lines_in_the_note() {
        let page = screen(44, 14, Some((&state(), Duration::ZERO)));
        assert!(page.contains("somebody who\n  asks."), "{page}");
    }

    #[test]
    fn without_a_demo_it_says_so() {
        assert!(screen(70, 5, None).contains(WAITING));
    }

    #[test]
    fn a_text_is_broken_at_its_spaces() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("a\nb", 7), ["a", "b"]);
    }
}
