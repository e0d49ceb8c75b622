//! The report as text, 80 columns wide.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::{Report, row::Answer};

const WIDTH: usize = 80;
/// Where the text of a row begins.
const INDENT: usize = 13;
const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// Write the whole report.
pub(super) fn report(report: &Report, to: &mut impl Write) -> io::Result<()> {
    paragraph(to, 0, Style::new(), &report.tried)?;
    let mut group = "";
    let mut advice = None;
    for row in &report.rows {
        if row.group != group {
            group = row.group;
            writeln!(to, "\n{BOLD}{group}{BOLD:#}")?;
        }
        first_line(to, row.answer, row.id, &format!(": {}", row.about))?;
        for seen in &row.looked_at {
            paragraph(to, INDENT, DIM, seen)?;
        }
        match &row.remedy {
            Some(remedy) if advice == Some(remedy) => paragraph(to, INDENT, Style::new(), "→ the same")?,
            Some(remedy) => paragraph(to, INDENT, Style::new(), &format!("→ {remedy}"))?,
            None => {}
        }
        advice = row.remedy.as_ref().or(advice);
    }
    chapters(report, to)?;
    writeln!(to)?;
    paragraph(to, 0, BOLD, &report.summary.sentence)
}

fn chapters(report: &Report, to: &mut impl Write) -> io::Result<()> {
    writeln!(to, "\n{BOLD}Chapters{BOLD:#}")?;
    for chapter in &report.chapters {
        let answer = Answer::over([chapter.root, chapter.ordinary]);
        let name = format!("{} {}", chapter.number, chapter.title);
        first_line(to, answer, &name, &format!(": {}", chapter.verdict))?;
        let (before, earlier) = match chapter.builds_upon {
            Some(number) => {
                (format!("chapter {number}, "), report.chapters[usize::from(number) - 1].rests_on.len())
            }
            None => (String::new(), 0),
        };
        let own = chapter.rests_on[earlier..].join(", ");
        paragraph(to, INDENT, DIM, &format!("rests on {before}{own}"))?;
        if !chapter.beside.is_empty() {
            paragraph(to, INDENT, DIM, &format!("beside it {}", chapter.beside.join(", ")))?;
        }
        if !chapter.blocked_by.is_empty() {
            paragraph(to, INDENT, Style::new(), &format!("→ see {}", chapter.blocked_by.join(", ")))?;
        }
    }
    Ok(())
}

/// The answer in its colour, a name in bold, and what there is to say about it.
fn first_line(to: &mut impl Write, answer: Answer, name: &str, rest: &str) -> io::Result<()> {
    let style = match answer {
        Answer::Yes => AnsiColor::Green,
        Answer::Partly => AnsiColor::Yellow,
        Answer::No => AnsiColor::Red,
        Answer::NotTried => AnsiColor::Cyan,
    }
    .on_default();
    write!(to, "  {style}{word:<width$}{style:#}", word = answer.word(), width = INDENT - 2)?;
    let lines = wrap(&format!("{name}{rest}"), WIDTH - INDENT);
    // A name is short: the first line holds it whole.
    let after = lines.first().and_then(|line| line.strip_prefix(name)).unwrap_or_default();
    writeln!(to, "{BOLD}{name}{BOLD:#}{after}")?;
    lines.iter().skip(1).try_for_each(|line| writeln!(to, "{:INDENT$}{line}", ""))
}

fn paragraph(to: &mut impl Write, indent: usize, style: Style, text: &str) -> io::Result<()> {
    for line in wrap(text, WIDTH - indent) {
        writeln!(to, "{:indent$}{style}{line}{style:#}", "")?;
    }
    Ok(())
}

/// Break `text` at spaces into lines of at most `width` characters, and a path that is longer than a
/// line after a slash. Any other long word stays whole: it may be meant to be copied.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.extend(pieces(word, width)),
        }
    }
    lines
}

/// A word, cut after slashes where it is longer than a line.
fn pieces(word: &str, width: usize) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for part in word.split_inclusive('/') {
        match pieces.last_mut() {
            Some(piece) if piece.chars().count() + part.chars().count() <= width => piece.push_str(part),
            _ => pieces.push(part.to_owned()),
        }
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_spaces() {
        assert_eq!(wrap("sudo sysctl -w a.very.long.name=1", 14), ["sudo sysctl -w", "a.very.long.name=1"]);
        assert_eq!(wrap("mkdir /sys/fs/cgroup/x", 12), ["mkdir", "/sys/fs/", "cgroup/x"]);
        assert_eq!(wrap("", 10), Vec::<String>::new());
    }
}
