//! How a gauge is painted: a headline, a bar, what was before, and details, as far as there is room.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::Style,
    text::{Line, Span},
    widgets::{Sparkline, Widget},
};

use super::Said;
use crate::theme::Theme;

/// A curve of less than this says nothing.
const CURVE: u16 = 3;

/// Paint what a gauge says.
pub fn gauge(said: &Said, skip: usize, area: Rect, buf: &mut Buffer, theme: &Theme) {
    buf.set_style(area, theme.text);
    let mut rest = area;
    line(&said.headline, next(&mut rest, 1), buf);
    if let Some(level) = said.level.filter(|_| rest.height > 0) {
        bar(level, next(&mut rest, 1), buf, theme);
    }
    let lines = u16::try_from(said.details.len()).unwrap_or(u16::MAX);
    if let Some((history, most)) = &said.history
        && rest.height >= lines.saturating_add(CURVE)
    {
        let room = rest.height - lines;
        curve(history, *most, next(&mut rest, room.min(12)), buf, color(said.level, theme));
    }
    details(&said.details, skip, rest, buf, theme);
}

/// The next rows of an area, which is smaller then.
fn next(area: &mut Rect, height: u16) -> Rect {
    let height = height.min(area.height);
    let taken = Rect { height, ..*area };
    *area = Rect { y: area.y + height, height: area.height - height, ..*area };
    taken
}

fn line(line: &Line, area: Rect, buf: &mut Buffer) {
    if area.height > 0 {
        buf.set_line(area.x, area.y, line, area.width);
    }
}

/// How bad it is to be that full.
pub fn color(level: Option<f64>, theme: &Theme) -> Style {
    match level {
        Some(level) if level >= 0.95 => theme.bad,
        Some(level) if level >= 0.75 => theme.warning,
        _ => theme.good,
    }
}

/// A bar. Its letters differ too, for a terminal without colours.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is between 0 and the width")]
fn bar(level: f64, area: Rect, buf: &mut Buffer, theme: &Theme) {
    let width = usize::from(area.width);
    let full = (level.clamp(0.0, 1.0) * f64::from(area.width)).round() as usize;
    let spans = vec![
        Span::styled(
            "█".repeat(full),
            color(Some(level), theme).remove_modifier(ratatui::style::Modifier::REVERSED),
        ),
        Span::styled("░".repeat(width.saturating_sub(full)), theme.dim),
    ];
    line(&Line::from(spans), area, buf);
}

/// The last readings, the newest at the right.
fn curve(history: &[u64], most: Option<u64>, area: Rect, buf: &mut Buffer, style: Style) {
    let fitting = &history[history.len().saturating_sub(usize::from(area.width))..];
    let style = style.remove_modifier(ratatui::style::Modifier::REVERSED);
    let curve = Sparkline::default().data(fitting.iter().copied()).style(style);
    // Without a limit the highest reading is at two thirds, so that there is room to grow.
    let most = most.or_else(|| history.iter().max().map(|high| (high * 3 / 2).max(1)));
    most.map_or_else(|| curve.clone(), |most| curve.clone().max(most)).render(area, buf);
}

fn details(lines: &[Line], skip: usize, area: Rect, buf: &mut Buffer, theme: &Theme) {
    let room = usize::from(area.height);
    let lines = &lines[skip.min(lines.len().saturating_sub(room))..];
    let shown = if lines.len() > room { room.saturating_sub(1) } else { lines.len() };
    for (row, text) in (area.y..).zip(&lines[..shown]) {
        buf.set_line(area.x, row, text, area.width);
    }
    if lines.len() > shown && room > 0 {
        let more = Line::styled(format!("… {} more", lines.len() - shown), theme.dim);
        buf.set_line(area.x, area.bottom() - 1, &more, area.width);
    }
}

/// A number of bytes for people.
pub fn bytes(count: u64) -> String {
    let units = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    let unit = units.into_iter().find(|(size, _)| count >= *size);
    unit.map_or_else(
        || format!("{count} bytes"),
        |(size, name)| format!("{}.{} {name}", count / size, count % size * 10 / size),
    )
}

/// Rows of a table, each cell as wide as the widest of its column. The first row is the heading.
pub fn table<const N: usize>(
    heading: [&str; N],
    rows: Vec<[(String, Style); N]>,
    theme: &Theme,
) -> Vec<Line<'static>> {
    let heading = heading.map(|text| (text.to_owned(), theme.dim));
    let rows: Vec<[(String, Style); N]> = std::iter::once(heading).chain(rows).collect();
    let width = |column: usize| rows.iter().map(|row| Span::raw(&row[column].0).width()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..N).map(width).collect();
    let cell = |(column, (text, style)): (usize, &(String, Style))| {
        let space = if column + 1 < N { widths[column] - Span::raw(text).width() + 2 } else { 0 };
        Span::styled(format!("{text}{}", " ".repeat(space)), *style)
    };
    rows.iter().map(|row| row.iter().enumerate().map(cell).collect::<Line>()).collect()
}

/// What a level of a limit is.
#[expect(clippy::cast_precision_loss, reason = "a bar does not need all digits")]
pub fn level(usage: u64, limit: Option<u64>) -> Option<f64> {
    limit.filter(|limit| *limit > 0).map(|limit| usage as f64 / limit as f64)
}
