//! The tests of a student's package: one for each exercise, and the summary at the end.

use std::{
    process::ExitCode,
    sync::{Arc, Mutex},
};

use checks::harness::could_not_run;
use libtest_mimic::{Arguments, Completion, Failed, Trial};

use crate::{
    EXERCISES, Exercise, Outcome, Student, judge,
    language::fill,
    summary::{summary, with_headings},
};

/// The `main` of `exercises/tests` and `solutions/tests`. With `LAB=1` it moves into a lab first.
pub fn main(student: &Student) -> ExitCode {
    let roles = lab::play_role().or_else(checks::play_role);
    if let Some(code) = roles.or_else(|| lab::move_in(&student.folders())) {
        return code;
    }
    let outcomes = Arc::new(Mutex::new(Vec::new()));
    let trials = EXERCISES.iter().map(|exercise| {
        let (student, outcomes) = (student.clone(), Arc::clone(&outcomes));
        Trial::ignorable_test(exercise.test_name(), move || {
            let outcome = judge(exercise, &student);
            let answer = answer(exercise, &outcome);
            if let Ok(mut outcomes) = outcomes.lock() {
                outcomes.push((exercise, outcome));
            }
            answer
        })
    });
    let arguments = Arguments::from_args();
    let conclusion = libtest_mimic::run(&arguments, trials.collect());
    let mut outcomes = outcomes.lock().map(|mut outcomes| std::mem::take(&mut *outcomes)).unwrap_or_default();
    outcomes.sort_by_key(|(exercise, _)| EXERCISES.iter().position(|other| other.id == exercise.id));
    let outcomes: Vec<_> = outcomes.iter().map(|(exercise, outcome)| (*exercise, outcome)).collect();
    // A runner that starts each test on its own wants no summary of one.
    if !outcomes.is_empty() && !arguments.exact {
        anstream::print!("{}", summary(&outcomes));
    }
    conclusion.exit_code()
}

fn answer(exercise: &Exercise, outcome: &Outcome) -> Result<Completion, Failed> {
    match outcome {
        Outcome::Solved => Ok(Completion::Completed),
        Outcome::CouldNotRun(reason) => could_not_run(reason),
        Outcome::NotWritten => Err(fill("exercise {id} is not written yet", &[("id", &exercise.id)]).into()),
        Outcome::Wrong { mistake, seen } => {
            let says = mistake.map_or(String::new(), |mistake| format!("{}\n\n", mistake.said()));
            let page = fill("explained in: {page}", &[("page", &exercise.page)]);
            Err(format!("{says}{}\n{page}", with_headings(seen)).into())
        }
    }
}
