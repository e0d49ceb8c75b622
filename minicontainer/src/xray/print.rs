//! The pictures as text, 80 columns wide: one process, or two beside each other.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::{Report, picture::Picture, row::Row};
use crate::doctor::print::wrap;

const WIDTH: usize = 80;
/// Where the text of a row begins.
const INDENT: usize = 19;
/// How wide one of two columns is.
const COLUMN: usize = (WIDTH - INDENT - 1) / 2;
const BOLD: Style = Style::new().bold();
const PLAIN: Style = Style::new();
const UNKNOWN: Style = AnsiColor::Cyan.on_default();
const OPEN: Style = AnsiColor::Yellow.on_default();
const DIFFERS: Style = AnsiColor::Magenta.on_default().bold();

/// Write the whole report.
pub fn report(report: &Report, to: &mut impl Write) -> io::Result<()> {
    paragraph(to, 0, PLAIN, &format!("Compared with {}.", report.compared_with))?;
    match report.processes.as_slice() {
        [one, two] => columns(one, two, report.shared.as_deref().unwrap_or_default(), to),
        pictures => pictures.iter().try_for_each(|picture| single(picture, to)),
    }
}

fn single(picture: &Picture, to: &mut impl Write) -> io::Result<()> {
    let mut group = "";
    for row in &picture.rows {
        heading(to, &mut group, row)?;
        let style = style(row);
        for (at, line) in wrap(&row.says, WIDTH - INDENT).iter().enumerate() {
            let about = if at == 0 { row.about } else { "" };
            writeln!(to, "  {about:<width$}{style}{line}{style:#}", width = INDENT - 2)?;
        }
    }
    writeln!(to, "\n{BOLD}What is left open{BOLD:#}")?;
    openings(picture, to)?;
    writeln!(to)?;
    summary(picture, to)
}

fn columns(one: &Picture, two: &Picture, shared: &[&str], to: &mut impl Write) -> io::Result<()> {
    let width = INDENT - 2;
    let mut group = "";
    writeln!(to, "  {:<width$}{BOLD}{:<COLUMN$} {}{BOLD:#}", "", one.pid, two.pid)?;
    // The rows are those of one program on one kernel, so they are the same on both sides.
    for (left, right) in one.rows.iter().zip(&two.rows) {
        heading(to, &mut group, left)?;
        let (mark, differs) = if left.says == right.says { (" ", PLAIN) } else { ("≠", DIFFERS) };
        let (lefts, rights) = (cut(&left.says), cut(&right.says));
        for at in 0..lefts.len().max(rights.len()) {
            let cell = |lines: &[String]| lines.get(at).cloned().unwrap_or_default();
            let (mark, about) = if at == 0 { (mark, left.about) } else { ("", "") };
            let (here, there) = (style(left), style(right));
            let line = format!("{here}{:<COLUMN$}{here:#} {there}{}{there:#}", cell(&lefts), cell(&rights));
            writeln!(to, "{differs}{mark:<2}{differs:#}{about:<width$}{}", line.trim_end())?;
        }
    }
    for picture in [one, two] {
        writeln!(to, "\n{BOLD}What {} leaves open{BOLD:#}", picture.pid)?;
        openings(picture, to)?;
    }
    let shared = if shared.is_empty() { "no namespace that may be read".into() } else { shared.join(", ") };
    writeln!(to, "\n{BOLD}Both are in{BOLD:#}")?;
    paragraph(to, 2, PLAIN, &shared)?;
    writeln!(to)?;
    summary(one, to)?;
    summary(two, to)
}

fn heading(to: &mut impl Write, last: &mut &'static str, row: &Row) -> io::Result<()> {
    if row.group == *last {
        return Ok(());
    }
    *last = row.group;
    writeln!(to, "\n{BOLD}{}{BOLD:#}", row.group)
}

fn openings(picture: &Picture, to: &mut impl Write) -> io::Result<()> {
    if picture.open.is_empty() {
        return writeln!(to, "  nothing that we look for and may read");
    }
    for opening in &picture.open {
        // An underscore while lines are broken: the number of a chapter stays beside its word.
        let sentence = super::look::printable(&opening.sentence);
        let text = format!("{sentence} (chapter_{})", opening.chapter);
        for (at, line) in wrap(&text, WIDTH - 4).iter().enumerate() {
            let mark = if at == 0 { "!" } else { "" };
            let line = line.replace("(chapter_", "(chapter ");
            writeln!(to, "  {OPEN}{mark:<2}{OPEN:#}{line}")?;
        }
    }
    Ok(())
}

fn summary(picture: &Picture, to: &mut impl Write) -> io::Result<()> {
    let summary = &picture.summary;
    paragraph(to, 0, BOLD, &format!("{}: {}.", picture.pid, summary.sentence))?;
    if let Some(remedy) = &summary.remedy {
        let text = format!("→ {} rows are not readable as this user: {remedy}", summary.unreadable);
        paragraph(to, 0, PLAIN, &text)?;
    }
    Ok(())
}

fn style(row: &Row) -> Style {
    if row.readable { PLAIN } else { UNKNOWN }
}

fn paragraph(to: &mut impl Write, indent: usize, style: Style, text: &str) -> io::Result<()> {
    wrap(text, WIDTH - indent)
        .iter()
        .try_for_each(|line| writeln!(to, "{:indent$}{style}{line}{style:#}", ""))
}

/// Lines for a column. A long word is cut, or it would push the other column away.
fn cut(text: &str) -> Vec<String> {
    let pieces = |line: String| {
        let letters: Vec<char> = line.chars().collect();
        letters.chunks(COLUMN).map(|piece| piece.iter().collect::<String>()).collect::<Vec<_>>()
    };
    wrap(text, COLUMN).into_iter().flat_map(pieces).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_stays_a_column() {
        let lines = cut(&format!("sleep {}", "9".repeat(70)));
        assert!(lines.iter().all(|line| line.chars().count() <= COLUMN), "{lines:?}");
        assert_eq!(lines.concat().len(), 75);
    }
}
