//! What a student sees at the end of a run.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};

use crate::{EXERCISES, Exercise, Outcome};

/// Exercises with their outcomes, grouped by chapter, and what to do next.
pub fn summary(outcomes: &[(&Exercise, &Outcome)]) -> String {
    let mut text = String::new();
    write_summary(&mut text, outcomes).expect("a String takes everything");
    text
}

fn write_summary(text: &mut String, outcomes: &[(&Exercise, &Outcome)]) -> std::fmt::Result {
    let solved = outcomes.iter().filter(|(_, outcome)| matches!(outcome, Outcome::Solved)).count();
    let mut chapter = 0;
    for (exercise, outcome) in outcomes {
        if exercise.chapter() != chapter {
            chapter = exercise.chapter();
            writeln!(text, "\nChapter {chapter}")?;
        }
        let (style, word) = word(outcome);
        writeln!(text, "  {style}{word:<16}{style:#} {} {}", exercise.id, exercise.title)?;
        match outcome {
            Outcome::Wrong { mistake: Some(mistake), .. } => paragraph(text, mistake.says)?,
            Outcome::Wrong { mistake: None, .. } => {
                paragraph(text, "No known mistake: see above what was observed.")?;
            }
            Outcome::CouldNotRun(reason) => paragraph(text, reason)?,
            Outcome::Solved | Outcome::NotWritten => {}
        }
    }
    writeln!(text, "\n{solved} of {} solved{}", outcomes.len(), encouragement(solved, outcomes.len()))?;
    let last_solved = outcomes.iter().rfind(|(_, outcome)| matches!(outcome, Outcome::Solved));
    if let Some((exercise, _)) = last_solved {
        writeln!(text, "Before you go on from {}:", exercise.id)?;
        paragraph(text, exercise.note)?;
    }
    if outcomes.iter().any(|(_, outcome)| matches!(outcome, Outcome::CouldNotRun(_))) {
        writeln!(text, "What could not run here can in the lab: LAB=1 cargo test -p exercises")?;
    }
    if let Some(next) = next(outcomes) {
        writeln!(text, "Next: {} {}, in exercises/src/{}.", next.id, next.title, next.parts[0].file())?;
        writeln!(
            text,
            "      It is explained in {}; a hint: cargo run -p exercises -- hint {}",
            next.page, next.id
        )?;
    }
    Ok(())
}

fn word(outcome: &Outcome) -> (Style, &'static str) {
    match outcome {
        Outcome::Solved => (AnsiColor::Green.on_default(), "solved"),
        Outcome::NotWritten => (Style::new().dimmed(), "not written yet"),
        Outcome::Wrong { .. } => (AnsiColor::Red.on_default(), "wrong"),
        Outcome::CouldNotRun(_) => (AnsiColor::Yellow.on_default(), "could not run"),
    }
}

fn paragraph(text: &mut String, words: &str) -> std::fmt::Result {
    let mut line = String::new();
    for word in words.split_whitespace() {
        if line.len() + word.len() > 75 {
            writeln!(text, "      {line}")?;
            line.clear();
        }
        line = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
    }
    writeln!(text, "      {line}")
}

fn encouragement(solved: usize, all: usize) -> &'static str {
    match solved {
        0 => ": this is how it starts.",
        solved if solved == all && all == EXERCISES.len() => ": you have written a container runtime.",
        _ => ".",
    }
}

/// A wrong one before one that is not written: what is begun is finished first.
fn next<'a>(outcomes: &[(&'a Exercise, &Outcome)]) -> Option<&'a Exercise> {
    let first = |wanted: fn(&Outcome) -> bool| outcomes.iter().find(|(_, outcome)| wanted(outcome));
    let wrong = first(|outcome| matches!(outcome, Outcome::Wrong { .. }));
    wrong.or_else(|| first(|outcome| matches!(outcome, Outcome::NotWritten))).map(|(exercise, _)| *exercise)
}
