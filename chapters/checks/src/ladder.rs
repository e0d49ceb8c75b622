//! The ladder: all verdicts as one table. Rows are what a container hides or limits, columns are the
//! stages and then real runtimes. It shows what each chapter closes and what is still open.

use std::{
    fmt::{self, Write},
    num::NonZero,
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
};

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use crate::{ATTACKS, CHECKS, Subject, Verdict, verdict};

/// The whole table.
#[derive(Debug, Serialize)]
pub struct Ladder {
    /// The names of the subjects, in the order of the cells.
    pub subjects: Vec<String>,
    /// Checks first, then attacks, in the order of the book.
    pub rows: Vec<Row>,
}

/// One check or attack on all subjects.
#[derive(Debug, Serialize)]
pub struct Row {
    /// Whether it is a check or an attack.
    pub kind: Kind,
    /// The chapter that makes it pass.
    pub chapter: u8,
    /// Its name, as in the names of the tests.
    pub name: &'static str,
    /// What it asks or does.
    pub text: &'static str,
    /// One verdict for each subject.
    pub cells: Vec<Verdict>,
}

/// The two halves of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Passed means: it shows what a real runtime shows.
    Check,
    /// Passed means: the attack was stopped.
    Attack,
}

/// Make every observation of the rows that `wanted` says yes to, on every subject. `progress` is told how many of how
/// many are done.
pub fn climb(
    subjects: &[Subject],
    wanted: impl Fn(&Row) -> bool,
    progress: impl Fn(usize, usize) + Sync,
) -> Ladder {
    let mut rows: Vec<Row> = Vec::new();
    rows.extend(CHECKS.iter().map(|check| row(Kind::Check, check.chapter, check.name, check.question)));
    rows.extend(ATTACKS.iter().map(|attack| row(Kind::Attack, attack.chapter, attack.name, attack.story)));
    rows.retain(wanted);
    let jobs: Vec<(Kind, &'static str)> = rows.iter().map(|row| (row.kind, row.name)).collect();
    let total = rows.len() * subjects.len();
    let verdicts: Vec<OnceLock<Verdict>> = (0..total).map(|_| OnceLock::new()).collect();
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let work = || {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(cell) = verdicts.get(index) else { return };
            let verdict = examine(jobs[index / subjects.len()], &subjects[index % subjects.len()]);
            cell.set(verdict).ok(); // the index is this thread's alone
            progress(done.fetch_add(1, Ordering::Relaxed) + 1, total);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, NonZero::get) {
            scope.spawn(work);
        }
    });
    let mut verdicts = verdicts.into_iter().filter_map(OnceLock::into_inner);
    for row in &mut rows {
        row.cells.extend(verdicts.by_ref().take(subjects.len()));
    }
    Ladder { subjects: subjects.iter().map(|subject| subject.name().to_owned()).collect(), rows }
}

fn row(kind: Kind, chapter: u8, name: &'static str, text: &'static str) -> Row {
    Row { kind, chapter, name, text, cells: Vec::new() }
}

fn examine((kind, name): (Kind, &str), subject: &Subject) -> Verdict {
    let unknown = || Verdict::CouldNotRun { reason: format!("there is no {name}") };
    match kind {
        Kind::Check => verdict::find_check(name).map(|check| verdict::check(check, subject)),
        Kind::Attack => verdict::find_attack(name).map(|attack| verdict::attack(attack, subject)),
    }
    .unwrap_or_else(unknown)
}

impl Ladder {
    /// The column of `subject`, with the rows that it does not pass.
    pub fn open(&self, subject: &str) -> Vec<&Row> {
        let column = self.subjects.iter().position(|name| name == subject);
        let fails =
            |row: &&Row| column.is_none_or(|column| matches!(row.cells[column], Verdict::Failed { .. }));
        self.rows.iter().filter(fails).collect()
    }

    /// What each subject showed, in words.
    pub fn details(&self) -> String {
        let mut text = String::new();
        for row in &self.rows {
            writeln!(text, "\nChapter {}. {}", row.chapter, row.text).expect("a String takes everything");
            for (subject, cell) in self.subjects.iter().zip(&row.cells) {
                let said = match cell {
                    Verdict::Passed { observed } | Verdict::Failed { observed, .. } => observed,
                    Verdict::CouldNotRun { reason } | Verdict::DoesNotApply { reason } => reason,
                };
                let mut lines = said.lines();
                let (mark, first) = (mark(cell).1, lines.next().unwrap_or_default());
                writeln!(text, "  {mark} {subject:<14} {first}").expect("a String takes everything");
                for line in lines {
                    writeln!(text, "    {:<14} {line}", "").expect("a String takes everything");
                }
            }
        }
        text
    }
}

/// How a verdict looks in the table.
fn mark(verdict: &Verdict) -> (Style, &'static str) {
    let colour = |colour: AnsiColor| colour.on_default();
    match verdict {
        Verdict::Passed { .. } => (colour(AnsiColor::Green), "✓"),
        Verdict::Failed { .. } => (colour(AnsiColor::Red), "✗"),
        Verdict::CouldNotRun { .. } => (colour(AnsiColor::Yellow), "?"),
        Verdict::DoesNotApply { .. } => (Style::new().dimmed(), "–"),
    }
}

impl fmt::Display for Ladder {
    /// The table, with colours (print it through anstream).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> =
            self.subjects.iter().map(|name| name.strip_prefix("stage ").unwrap_or(name)).collect();
        let width = self.rows.iter().map(|row| row.text.chars().count()).max().unwrap_or_default();
        let mut notes: Vec<String> = Vec::new();
        let texts: Vec<Vec<String>> = (self.rows.iter())
            .map(|row| {
                row.cells.iter().map(|cell| mark(cell).1.to_owned() + &note(cell, &mut notes)).collect()
            })
            .collect();
        let widest = |column: usize| texts.iter().map(|row| row[column].chars().count()).max();
        let widths: Vec<usize> = (names.iter().enumerate())
            .map(|(column, name)| 2 + widest(column).unwrap_or_default().max(name.chars().count()))
            .collect();
        let line = |cells: Vec<(Style, &str)>| -> String {
            let padded = cells.iter().zip(&widths).map(|((style, text), width)| {
                let space = width - text.chars().count();
                format!("{style}{text}{style:#}{:space$}", "")
            });
            padded.collect::<String>().trim_end().to_owned()
        };
        for (kind, title) in
            [(Kind::Check, "Shows what a real runtime shows"), (Kind::Attack, "Stops the attack")]
        {
            if !self.rows.iter().any(|row| row.kind == kind) {
                continue;
            }
            let bold = Style::new().bold();
            let header = line(names.iter().map(|name| (Style::new(), *name)).collect());
            writeln!(f, "{bold}{title:<width$}  ch  {header}{bold:#}")?;
            for (row, texts) in self.rows.iter().zip(&texts).filter(|(row, _)| row.kind == kind) {
                let cells = row.cells.iter().zip(texts).map(|(cell, text)| (mark(cell).0, text.as_str()));
                writeln!(f, "{:<width$}  {:>2}  {}", row.text, row.chapter, line(cells.collect()))?;
            }
            writeln!(f)?;
        }
        let last = names.iter().filter_map(|name| name.parse::<u8>().ok()).max().unwrap_or_default();
        writeln!(f, "✓ yes  ✗ no  ? could not run here  – does not apply; 1 to {last}: the stages")?;
        for (number, note) in notes.iter().enumerate() {
            writeln!(f, "{} {note}", superscript(number + 1))?;
        }
        Ok(())
    }
}

/// The footnote of a verdict that is neither yes nor no, or a no that is known of a real runtime.
fn note(verdict: &Verdict, notes: &mut Vec<String>) -> String {
    let reason = match verdict {
        Verdict::CouldNotRun { reason } | Verdict::DoesNotApply { reason } => reason,
        Verdict::Failed { known: Some(reason), .. } => *reason,
        Verdict::Failed { .. } | Verdict::Passed { .. } => return String::new(),
    };
    let number = notes.iter().position(|note| note == reason).unwrap_or_else(|| {
        notes.push(reason.to_owned());
        notes.len() - 1
    });
    superscript(number + 1)
}

fn superscript(number: usize) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    number.to_string().bytes().map(|digit| DIGITS[usize::from(digit - b'0')]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_reasons_share_a_footnote() {
        let mut notes = Vec::new();
        let verdict = |reason: &str| Verdict::CouldNotRun { reason: reason.into() };
        assert_eq!(note(&verdict("a"), &mut notes), "¹");
        assert_eq!(note(&verdict("b"), &mut notes), "²");
        assert_eq!(note(&verdict("a"), &mut notes), "¹");
        assert_eq!(superscript(10), "¹⁰");
    }
}
