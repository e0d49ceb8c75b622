//! The judge: the instructor's own program in a cell, with one student's runtime. It says what it finds as
//! lines of JSON, so that what was found before the time was up still counts.

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};
use sys::Result;

use super::{
    cell::Cell,
    ended::{Ended, How},
};
use crate::{EXERCISES, Exercise, Outcome, Student, misconceptions, report::Graded};

/// First argument of a program that plays the judge; then come the program, the package and the seconds.
pub(super) const ROLE: &str = "grade-judge";

/// What is said about one exercise: an [`Outcome`] that can travel.
#[derive(Serialize, Deserialize)]
struct Line {
    exercise: String,
    milliseconds: u64,
    said: Said,
}

#[derive(Serialize, Deserialize)]
enum Said {
    Solved,
    NotWritten,
    Wrong { mistake: Option<String>, seen: String },
    CouldNotRun(String),
}

/// The longest that one exercise can take: each check has a time limit of its own.
const ONE_EXERCISE: Duration = Duration::from_secs(180);

/// The judge. It begins no exercise after its time, and then ends by itself: if it were killed, nobody would
/// remove the control groups of its last fence.
pub(super) fn main(program: &str, package: &str, seconds: &str) -> ExitCode {
    let student = Student::new(program, package);
    let deadline = Instant::now() + Duration::from_secs(seconds.parse().unwrap_or_default());
    for exercise in EXERCISES.iter().take_while(|_| Instant::now() < deadline) {
        let begin = Instant::now();
        let said = Said::from(crate::judge(exercise, &student));
        let milliseconds = u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX);
        let line = Line { exercise: exercise.id.to_owned(), milliseconds, said };
        println!("{}", serde_json::to_string(&line).expect("numbers and texts are always JSON"));
    }
    ExitCode::SUCCESS
}

/// Let the judge work in `cell`.
pub(super) fn judge_in(cell: Cell, limit: Duration) -> Result<Vec<Graded>> {
    Ok(outcomes(&cell.run_in_groups(limit + ONE_EXERCISE)?, limit))
}

/// One outcome for each exercise, whatever the judge came to.
fn outcomes(judge: &Ended, limit: Duration) -> Vec<Graded> {
    let lines: Vec<Line> = judge.stdout.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let graded = |exercise: &'static Exercise| {
        let line = lines.iter().find(|line| line.exercise == exercise.id);
        let took = Duration::from_millis(line.map_or(0, |line| line.milliseconds));
        let outcome = line.map_or_else(|| without_line(judge, limit), |line| line.said.outcome(exercise));
        Graded { exercise, outcome, took }
    };
    EXERCISES.iter().map(graded).collect()
}

fn without_line(judge: &Ended, limit: Duration) -> Outcome {
    if matches!(judge.how, How::Late | How::Code(0)) {
        let seen =
            format!("the time for this copy, {} s, was up before this exercise was judged", limit.as_secs());
        return Outcome::Wrong { mistake: None, seen };
    }
    Outcome::CouldNotRun(format!("the judge ended early ({:?}): {}", judge.how, judge.stderr.trim()))
}

impl From<Outcome> for Said {
    fn from(outcome: Outcome) -> Said {
        match outcome {
            Outcome::Solved => Said::Solved,
            Outcome::NotWritten => Said::NotWritten,
            Outcome::Wrong { mistake, seen } => {
                Said::Wrong { mistake: mistake.map(|mistake| mistake.name.to_owned()), seen }
            }
            Outcome::CouldNotRun(reason) => Said::CouldNotRun(reason),
        }
    }
}

impl Said {
    fn outcome(&self, exercise: &Exercise) -> Outcome {
        match self {
            Said::Solved => Outcome::Solved,
            Said::NotWritten => Outcome::NotWritten,
            Said::Wrong { mistake, seen } => {
                let known = mistake.as_deref().and_then(|name| misconceptions::find(exercise, name));
                Outcome::Wrong { mistake: known, seen: seen.clone() }
            }
            Said::CouldNotRun(reason) => Outcome::CouldNotRun(reason.clone()),
        }
    }
}
