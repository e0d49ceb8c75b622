//! What a student sees at the end of a run.

use std::fmt::{Display, Write};

use anstyle::{AnsiColor, Style};

use crate::{
    EXERCISES, Exercise, Misconception, Outcome,
    language::{fill, say},
};

/// Exercises with their outcomes, grouped by chapter, and what to do next.
pub fn summary(outcomes: &[(&Exercise, &Outcome)]) -> String {
    let mut text = String::new();
    write_summary(&mut text, outcomes).expect("a String takes everything");
    text
}

fn write_summary(text: &mut String, outcomes: &[(&Exercise, &Outcome)]) -> std::fmt::Result {
    let count = |which: fn(&Outcome) -> bool| outcomes.iter().filter(|(_, outcome)| which(outcome)).count();
    let solved = count(|outcome| matches!(outcome, Outcome::Solved));
    let unknown = count(|outcome| matches!(outcome, Outcome::CouldNotRun(_)));
    let mut chapter = 0;
    for (exercise, outcome) in outcomes {
        if exercise.chapter() != chapter {
            chapter = exercise.chapter();
            writeln!(text, "\n{}", fill("Chapter {chapter}", &[("chapter", &chapter)]))?;
        }
        let (style, word) = word(outcome);
        writeln!(text, "  {style}{word:<16}{style:#} {} {}", exercise.id, say(exercise.title))?;
        match outcome {
            Outcome::Wrong { mistake, .. } => paragraph(text, &verdict_on(*mistake))?,
            Outcome::CouldNotRun(reason) => paragraph(text, reason)?,
            Outcome::Solved | Outcome::NotWritten => {}
        }
    }
    let numbers: [(&str, &dyn Display); 3] =
        [("solved", &solved), ("all", &outcomes.len()), ("unknown", &unknown)];
    writeln!(text, "\n{}", fill(verdict(solved, unknown, outcomes), &numbers))?;
    let last_solved = outcomes.iter().rfind(|(_, outcome)| matches!(outcome, Outcome::Solved));
    if let Some((exercise, _)) = last_solved {
        writeln!(text, "{}", fill("Before you go on from {id}:", &[("id", &exercise.id)]))?;
        paragraph(text, say(exercise.note))?;
    }
    if unknown > 0 {
        writeln!(text, "{}", say("What could not run here can in the lab: LAB=1 cargo test -p exercises"))?;
    }
    if let Some(next) = next(outcomes) {
        let values: [(&str, &dyn Display); 4] = [
            ("id", &next.id),
            ("title", &say(next.title)),
            ("file", &next.parts[0].file()),
            ("page", &next.page),
        ];
        writeln!(text, "{}", fill("Next: {id} {title}, in exercises/src/{file}.", &values))?;
        let where_from =
            fill("It is explained in {page}; a hint: cargo run -p exercises -- hint {id}", &values);
        writeln!(text, "      {where_from}")?;
    }
    Ok(())
}

fn verdict_on(mistake: Option<&Misconception>) -> String {
    let unknown = || say("No known mistake: look at what was observed.").to_owned();
    mistake.map_or_else(unknown, Misconception::said)
}

/// The first wrong one: what is said about it, and what was observed.
pub fn at_hand(outcomes: &[(&Exercise, &Outcome)]) -> Option<String> {
    outcomes.iter().find_map(|(exercise, outcome)| {
        let Outcome::Wrong { mistake, seen } = outcome else { return None };
        let (style, word) = word(outcome);
        let mut text = format!("{style}{word}{style:#} {} {}\n", exercise.id, say(exercise.title));
        paragraph(&mut text, &verdict_on(*mistake)).ok()?;
        Some(text + &with_headings(seen) + "\n")
    })
}

/// What was seen, its headings in the reader's language.
pub(crate) fn with_headings(seen: &str) -> String {
    let lines = seen.lines().map(|line| match line {
        "observed:" => say("observed:"),
        "should be:" => say("should be:"),
        "the child's calls, in their order:" => say("the child's calls, in their order:"),
        other => other,
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn word(outcome: &Outcome) -> (Style, &'static str) {
    match outcome {
        Outcome::Solved => (AnsiColor::Green.on_default(), say("solved")),
        Outcome::NotWritten => (Style::new().dimmed(), say("not written yet")),
        Outcome::Wrong { .. } => (AnsiColor::Red.on_default(), say("wrong")),
        Outcome::CouldNotRun(_) => (AnsiColor::Yellow.on_default(), say("could not run")),
    }
}

fn paragraph(text: &mut String, words: &str) -> std::fmt::Result {
    let mut line = String::new();
    for word in words.split_whitespace() {
        if line.chars().count() + word.chars().count() > 75 {
            writeln!(text, "      {line}")?;
            line.clear();
        }
        line = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
    }
    writeln!(text, "      {line}")
}

/// How far that is, in numbers and in a word. What could not run is not known to be unsolved.
fn verdict(solved: usize, unknown: usize, outcomes: &[(&Exercise, &Outcome)]) -> &'static str {
    let all = outcomes.len();
    let untouched = outcomes.iter().all(|(_, outcome)| matches!(outcome, Outcome::NotWritten));
    match solved {
        _ if unknown > 0 && unknown == all => {
            say("0 of {all} could be judged here: that says nothing about your answers.")
        }
        _ if unknown > 0 => say("{solved} of {all} solved, {unknown} could not be judged here."),
        0 if untouched => say("{solved} of {all} solved: this is how it starts."),
        _ if solved == all && all == EXERCISES.len() => {
            say("{solved} of {all} solved: you have written a container runtime.")
        }
        _ => say("{solved} of {all} solved."),
    }
}

/// A wrong one before one that is not written: what is begun is finished first. Before it comes the one that is to blame.
fn next<'a>(outcomes: &[(&'a Exercise, &Outcome)]) -> Option<&'a Exercise> {
    let first = |wanted: fn(&Outcome) -> bool| outcomes.iter().find(|(_, outcome)| wanted(outcome));
    let wrong = first(|outcome| matches!(outcome, Outcome::Wrong { .. }));
    let (exercise, outcome) = wrong.or_else(|| first(|outcome| matches!(outcome, Outcome::NotWritten)))?;
    let to_blame = match outcome {
        Outcome::Wrong { mistake: Some(mistake), .. } => crate::find(mistake.exercise),
        _ => None,
    };
    Some(to_blame.unwrap_or(exercise))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_wrong_one_is_told_with_what_was_seen() {
        let wrong = |seen: &str| Outcome::Wrong { mistake: None, seen: seen.to_owned() };
        let outcomes = [Outcome::Solved, wrong("check one"), wrong("check two")];
        let said = at_hand(&EXERCISES.iter().zip(&outcomes).collect::<Vec<_>>()).unwrap();
        assert!(said.contains("1.2 ") && said.ends_with("check one\n") && !said.contains("1.3"), "{said}");
        assert_eq!(at_hand(&[(&EXERCISES[0], &Outcome::Solved)]), None);
    }

    #[test]
    fn the_one_that_is_to_blame_is_next() {
        let mistake = Some(&crate::misconceptions::FOLLOWS_FROM_MOUNTS);
        let outcome = Outcome::Wrong { mistake, seen: String::new() };
        assert_eq!(next(&[(&EXERCISES[0], &outcome)]).unwrap().id, "4.1");
    }

    #[test]
    fn what_could_not_run_is_not_said_to_be_unsolved() {
        let unknown = || Outcome::CouldNotRun("no root".to_owned());
        let summary_of = |outcomes: &[Outcome]| summary(&EXERCISES.iter().zip(outcomes).collect::<Vec<_>>());
        let start = fill("{solved} of {all} solved: this is how it starts.", &[("solved", &0), ("all", &2)]);
        let none =
            fill("0 of {all} could be judged here: that says nothing about your answers.", &[("all", &2)]);
        let some = fill(
            "{solved} of {all} solved, {unknown} could not be judged here.",
            &[("solved", &0), ("all", &2), ("unknown", &1)],
        );
        for (outcomes, says) in [
            ([Outcome::NotWritten, Outcome::NotWritten], start),
            ([unknown(), unknown()], none),
            ([Outcome::NotWritten, unknown()], some),
        ] {
            let text = summary_of(&outcomes);
            assert!(text.lines().any(|line| line == says), "{text}");
        }
    }
}
