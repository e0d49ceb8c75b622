//! The class table: who has solved what, and which mistakes are made most often.

use std::{collections::BTreeMap, fmt::Write};

use super::Copy;
use crate::{
    EXERCISES, Outcome,
    report::{self, Graded},
};

/// How many mistakes are listed.
const MISTAKES: usize = 10;

/// Students × exercises with the points, and below it the most frequent mistakes.
#[expect(clippy::missing_panics_doc, reason = "a String takes everything")]
pub fn table(class: &[Copy]) -> String {
    let mut text = String::new();
    write_table(&mut text, class).expect("a String takes everything");
    write_mistakes(&mut text, class).expect("a String takes everything");
    text
}

fn write_table(text: &mut String, class: &[Copy]) -> std::fmt::Result {
    let width =
        class.iter().map(|copy| copy.student.chars().count()).max().unwrap_or_default().max("student".len());
    write!(text, "{:<width$}", "student")?;
    for exercise in EXERCISES {
        write!(text, " {}", exercise.id)?;
    }
    writeln!(text, "  points")?;
    for copy in class {
        write!(text, "{:<width$}", copy.student)?;
        for (one, exercise) in copy.graded.iter().zip(EXERCISES) {
            write!(text, " {:^1$}", symbol(&one.outcome), exercise.id.len())?;
        }
        let (points, most) = report::points(&copy.graded);
        let remark = copy
            .remark
            .as_ref()
            .map_or(String::new(), |remark| format!("  {}: {}", remark.what, first_line(&remark.text)));
        writeln!(text, "  {:>6}{remark}", format!("{points}/{most}"))?;
    }
    writeln!(
        text,
        "\n✓ solved   ✗ wrong   · not written yet   ? could not run here: no verdict, and no points"
    )
}

fn symbol(outcome: &Outcome) -> char {
    match outcome {
        Outcome::Solved => '✓',
        Outcome::NotWritten => '·',
        Outcome::Wrong { .. } => '✗',
        Outcome::CouldNotRun(_) => '?',
    }
}

/// The first line, without anything that a terminal would act upon: it may quote a student's program.
fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().replace(|letter: char| letter.is_control(), "\u{fffd}")
}

fn write_mistakes(text: &mut String, class: &[Copy]) -> std::fmt::Result {
    let mistakes = mistakes(class);
    if !mistakes.is_empty() {
        writeln!(text, "\nMost frequent mistakes")?;
    }
    for (count, name, says) in mistakes.iter().take(MISTAKES) {
        writeln!(
            text,
            "{count:>4}  {name}: {}",
            says.split_once(". ").map_or(says.as_str(), |(first, _)| first)
        )?;
    }
    Ok(())
}

/// How often each known mistake is made, its name and what is said about it; the most frequent first.
pub fn mistakes(class: &[Copy]) -> Vec<(usize, String, String)> {
    let mut counts = BTreeMap::new();
    for Graded { outcome, .. } in class.iter().flat_map(|copy| &copy.graded) {
        if let Outcome::Wrong { mistake: Some(mistake), .. } = outcome {
            counts.entry((mistake.exercise, mistake.name)).or_insert_with(|| (0, mistake.in_english())).0 +=
                1;
        }
    }
    let found = counts
        .into_iter()
        .map(|((exercise, name), (count, says))| (count, format!("{exercise} {name}"), says));
    let mut found: Vec<_> = found.collect();
    found.sort_by_key(|(count, ..)| std::cmp::Reverse(*count)); // stable: the order of the book among equals
    found
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{MISCONCEPTIONS, grade::Remark};

    fn copy(student: &str, outcome: impl Fn(usize) -> Outcome, remark: Option<Remark>) -> Copy {
        let graded = |(number, exercise)| Graded { exercise, outcome: outcome(number), took: Duration::ZERO };
        Copy {
            student: student.to_owned(),
            remark,
            graded: EXERCISES.iter().enumerate().map(graded).collect(),
        }
    }

    #[test]
    fn rows_have_symbols_points_and_remarks() {
        let wrong = || Outcome::Wrong { mistake: MISCONCEPTIONS.first(), seen: String::new() };
        let remark = Remark { what: "hangs", text: "for \x1bever\nand ever".to_owned() };
        let class = [
            copy("anna", |number| if number == 0 { wrong() } else { Outcome::Solved }, None),
            copy("zoë", |_| Outcome::CouldNotRun(String::new()), Some(remark)),
        ];
        let text = table(&class);
        let lines: Vec<&str> = text.lines().collect();
        let most: u32 = EXERCISES.iter().map(|exercise| exercise.points).sum();
        assert!(lines[1].starts_with("anna     ✗   ✓   ✓"), "{text}");
        assert!(lines[1].ends_with(&format!("{}/{most}", most - EXERCISES[0].points)), "{text}");
        assert!(lines[2].starts_with("zoë      ?   ?"), "{text}");
        assert!(lines[2].ends_with(&format!("0/{most}  hangs: for \u{fffd}ever")), "{text}");
        assert!(
            text.contains(&format!("   1  {} {}: ", MISCONCEPTIONS[0].exercise, MISCONCEPTIONS[0].name)),
            "{text}"
        );
    }
}
