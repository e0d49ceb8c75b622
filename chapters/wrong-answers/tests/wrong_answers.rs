//! Every wrong answer fails, and is recognised as the mistake that it is: by its own rule, before any other.

use std::{collections::BTreeSet, ffi::OsString, process::ExitCode};

use checks::{Subject, User, harness};
use libtest_mimic::{Completion, Failed, Trial};
use tutor::{EXERCISES, MISCONCEPTIONS, Outcome, Student};

/// A wrong answer: `EXERCISE-MISTAKE`, and the runtime that has it.
struct Wrong {
    name: &'static str,
    main: fn(Vec<OsString>) -> ExitCode,
}

/// Mistakes that make no difference for an ordinary user: his child is root as soon as it is mapped; in his fence nobody
/// may leave groups; and nobody in there is another user, who could have ambient capabilities.
const FOR_ROOT_ONLY: &[&str] =
    &["10.1-nobody-inside", "10.1-setgroups-allowed", "10.2-groups-kept", "11.2-ambient-forgotten"];

/// Root may do it so.
const FOR_USERS_ONLY: &[&str] = &["3.1-unshare-before-clone"];

include!(concat!(env!("OUT_DIR"), "/wrong.rs"));

/// First argument of this program when it plays a wrong answer; the second is its number.
const ROLE: &str = "wrong-answer";

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().is_some_and(|role| role == ROLE) {
        let number = arguments.next().and_then(|number| number.to_str()?.parse::<usize>().ok());
        let wrong = number.and_then(|number| WRONG.get(number)).expect("the number of a wrong answer");
        return (wrong.main)([ROLE.into()].into_iter().chain(arguments).collect());
    }
    harness::main_with(|| {
        let wrong = WRONG.iter().enumerate();
        let mut trials: Vec<Trial> = wrong.map(|(number, wrong)| trial(number, wrong)).collect();
        trials.push(Trial::ignorable_test(
            "leaking_mounts_blame_no_other_exercise",
            leaking_mounts_blame_no_other,
        ));
        trials.push(Trial::test("every_mistake_has_a_wrong_answer", every_mistake_has_a_wrong_answer));
        trials.push(Trial::test("every_exercise_has_three_mistakes", every_exercise_has_three_mistakes));
        trials
    })
}

fn trial(number: usize, wrong: &'static Wrong) -> Trial {
    let name = format!("ch{:0>2}::wrong_{}", wrong.name.split('.').next().unwrap_or_default(), wrong.name);
    Trial::ignorable_test(name, move || is_recognised(number, wrong))
}

fn is_recognised(number: usize, wrong: &Wrong) -> Result<Completion, Failed> {
    let (id, mistake) = wrong.name.split_once('-').ok_or("EXERCISE-MISTAKE is the name of a wrong answer")?;
    let exercise = tutor::find(id).ok_or("no such exercise")?;
    let program = vec![std::env::current_exe()?, ROLE.into(), number.to_string().into()];
    let subject = Subject::of_somebody(wrong.name, tutor::CHAPTER, program);
    match tutor::judge(exercise, &Student { subject, sources: None }) {
        Outcome::Wrong { mistake: Some(found), .. } if found.name == mistake => Ok(Completion::Completed),
        Outcome::CouldNotRun(reason) => harness::could_not_run(&reason),
        Outcome::Solved if User::current() == User::Ordinary && FOR_ROOT_ONLY.contains(&wrong.name) => {
            Ok(Completion::ignored_with("it makes no difference for an ordinary user"))
        }
        Outcome::Solved if User::current() == User::Root && FOR_USERS_ONLY.contains(&wrong.name) => {
            Ok(Completion::ignored_with("it makes no difference for root"))
        }
        other => Err(format!("as {:?}: {other:#?}", User::current()).into()),
    }
}

/// Mounts that reach the host cover the /proc through which everything is observed. Whatever else fails
/// then, the message names 4.1.
fn leaking_mounts_blame_no_other() -> Result<Completion, Failed> {
    let number = WRONG.iter().position(|wrong| wrong.name == "4.1-not-recursive").ok_or("no such answer")?;
    let program = vec![std::env::current_exe()?, ROLE.into(), number.to_string().into()];
    for exercise in EXERCISES {
        let subject = Subject::of_somebody("leaks", tutor::CHAPTER, program.clone());
        match tutor::judge(exercise, &Student { subject, sources: None }) {
            Outcome::Wrong { mistake: Some(mistake), .. } if mistake.exercise == "4.1" => {}
            Outcome::Solved => {}
            Outcome::CouldNotRun(reason) => return harness::could_not_run(&reason),
            other => return Err(format!("{}: {other:#?}", exercise.id).into()),
        }
    }
    Ok(Completion::Completed)
}

fn every_mistake_has_a_wrong_answer() -> Result<(), Failed> {
    let answers: BTreeSet<String> = WRONG.iter().map(|wrong| wrong.name.to_owned()).collect();
    let mistakes =
        MISCONCEPTIONS.iter().map(|mistake| format!("{}-{}", mistake.exercise, mistake.name)).collect();
    if answers == mistakes {
        return Ok(());
    }
    Err(format!("without their other half: {:?}", answers.symmetric_difference(&mistakes)).into())
}

fn every_exercise_has_three_mistakes() -> Result<(), Failed> {
    let count = |id| MISCONCEPTIONS.iter().filter(|mistake| mistake.exercise == id).count();
    let few = EXERCISES.iter().find(|exercise| count(exercise.id) < 3);
    few.map_or(Ok(()), |exercise| Err(format!("exercise {} has fewer", exercise.id).into()))
}
