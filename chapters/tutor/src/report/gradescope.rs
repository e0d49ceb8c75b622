//! Gradescope's `results.json`.
//!
//! Source: <https://gradescope-autograders.readthedocs.io/en/latest/specs/>, "Output format".

use serde::Serialize;

use super::Graded;
use crate::{Outcome, report};

/// There is no `score` beside `tests`: it would replace the sum of the tests' scores.
#[derive(Serialize)]
struct Results {
    execution_time: u64,
    output: String,
    output_format: &'static str,
    visibility: &'static str,
    tests: Vec<Test>,
}

#[derive(Serialize)]
struct Test {
    number: &'static str,
    name: &'static str,
    score: u32,
    max_score: u32,
    status: &'static str,
    output: String,
    visibility: &'static str,
    tags: Vec<&'static str>,
}

/// One test for each exercise. Gradescope knows only `passed` and `failed`: what could not run is failed
/// with no points, has the tag `could-not-run`, and is counted in the text above the tests.
#[expect(clippy::missing_panics_doc, reason = "numbers and texts are always JSON")]
pub fn gradescope(student: &str, graded: &[Graded]) -> String {
    let (points, most) = report::points(graded);
    let lost = graded.iter().filter(|one| matches!(one.outcome, Outcome::CouldNotRun(_))).count();
    let lost = if lost == 0 {
        String::new()
    } else {
        format!("; {lost} exercises could not run: ask for another run")
    };
    let output = format!("{student}: {points} of {most} points{lost}");
    let time: f64 = graded.iter().map(|one| one.took.as_secs_f64()).sum();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "some seconds, never negative"
    )]
    let execution_time = time.ceil() as u64;
    let results = Results {
        execution_time,
        output,
        output_format: "text",
        visibility: "visible",
        tests: graded.iter().map(test).collect(),
    };
    serde_json::to_string_pretty(&results).expect("numbers and texts are always JSON")
}

fn test(one: &Graded) -> Test {
    Test {
        number: one.exercise.id,
        name: one.exercise.title,
        score: one.points(),
        max_score: one.exercise.points,
        status: if matches!(one.outcome, Outcome::Solved) { "passed" } else { "failed" },
        output: [&one.mistake(), one.seen()].map(str::trim).join("\n\n").trim().to_owned(),
        visibility: "visible",
        tags: vec![tag(&one.outcome)],
    }
}

fn tag(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Solved => "solved",
        Outcome::NotWritten => "not-written",
        Outcome::Wrong { .. } => "wrong",
        Outcome::CouldNotRun(_) => "could-not-run",
    }
}
