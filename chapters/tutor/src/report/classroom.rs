//! The result that a GitHub Classroom grader hands to `autograding-grading-reporter`.
//!
//! Source: what the graders write and the reporter reads,
//! <https://github.com/classroom-resources/autograding-command-grader> (`generateResult` in `src/main.js`)
//! and <https://github.com/classroom-resources/autograding-grading-reporter> (`src/main.js`,
//! `src/console-results.js`, `src/notify-classroom.js`). There is no other documentation of it.
//!
//! A workflow step hands it over in base64:
//! `echo "result=$(base64 -w0 classroom.json)" >> "$GITHUB_OUTPUT"`; the next one gets it as
//! `env: EXERCISES_RESULTS: ${{ steps.exercises.outputs.result }}` with `runners: exercises`.

use serde::Serialize;

use super::Graded;
use crate::{Outcome, report};

#[derive(Serialize)]
struct Results {
    version: u8,
    status: &'static str,
    max_score: u32,
    tests: Vec<Test>,
}

#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "these are Classroom's names")]
struct Test {
    name: String,
    status: &'static str,
    score: u32,
    message: String,
    test_code: String,
    filename: &'static str,
    /// 0: no line is known. The reporter prints every other value.
    line_no: u32,
    /// In milliseconds.
    duration: u128,
}

/// One test for each exercise; what could not run is an `error`, which the reporter tells from `fail`.
///
/// The points that Classroom keeps are the sum of the tests' `score`. The table in the log of the reporter
/// counts every test alike instead, so its figures differ where exercises have different points.
#[expect(clippy::missing_panics_doc, reason = "numbers and texts are always JSON")]
pub fn classroom(_student: &str, graded: &[Graded]) -> String {
    let tests: Vec<Test> = graded.iter().map(test).collect();
    let any = |status| tests.iter().any(|test| test.status == status);
    let status = if any("fail") {
        "fail"
    } else if any("error") {
        "error"
    } else {
        "pass"
    };
    let results = Results { version: 1, status, max_score: report::points(graded).1, tests };
    serde_json::to_string_pretty(&results).expect("numbers and texts are always JSON")
}

fn test(one: &Graded) -> Test {
    let status = match one.outcome {
        Outcome::Solved => "pass",
        Outcome::NotWritten | Outcome::Wrong { .. } => "fail",
        Outcome::CouldNotRun(_) => "error",
    };
    Test {
        name: format!("{} {}", one.exercise.id, one.exercise.title),
        status,
        score: one.points(),
        message: one.mistake(),
        test_code: format!("cargo test -p exercises {}", one.exercise.test_name()),
        filename: "",
        line_no: 0,
        duration: one.took.as_millis(),
    }
}
