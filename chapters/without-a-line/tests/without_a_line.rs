//! Taking away the line of a chapter makes a check of that chapter fail, and from chapter to chapter the
//! script only gains lines. So each line is there for a reason, and each reason has its check.

use std::{ffi::OsString, process::ExitCode};

use checks::{ATTACKS, CHECKS, Subject, User, Verdict, harness};
use libtest_mimic::{Completion, Failed, Trial};

/// A stage without one of its lines.
struct Mutant {
    chapter: u8,
    line: &'static str,
    /// With its comment, which tells apart two lines of the same code.
    whole: &'static str,
    main: fn(Vec<OsString>) -> ExitCode,
}

include!(concat!(env!("OUT_DIR"), "/mutants.rs"));

/// Lines that no check of their own chapter can miss, and why. `None` stands for every user.
const EXCEPTIONS: &[(&str, Option<User>, &str)] = &[
    (
        "parent.expect(&Message::Proceed)?;",
        None,
        "the parent prepares nothing before chapter 6; the line stands for the protocol until then",
    ),
    (
        "bridge::remove_if_unused,",
        Some(User::Ordinary),
        "an ordinary user has no power over the host's network",
    ),
    (
        "delegation::ask_systemd()?;",
        None,
        "there is no systemd inside the fence, which hides the user's bus so that no subject speaks to the host",
    ),
    ("rootless::borrow_root()?;", Some(User::Root), "root may create namespaces without it"),
    (
        "user_namespace::become_root()?;",
        Some(User::Ordinary),
        "whom an ordinary user has mapped is root inside already",
    ),
    (
        "process::die_with_parent_again(parent)?; // or nobody would end us while we set up",
        None,
        "it holds for some milliseconds, until the same is said once more",
    ),
    (
        "process::die_with_parent_again(parent)?; // or nobody would end the command",
        Some(User::Ordinary),
        "in the fence there is one id, and so nobody changes his user",
    ),
    ("user::switch(run.user)?;", Some(User::Ordinary), "in the fence there is one id, and so no other user"),
    (
        "capabilities::keep()?;",
        Some(User::Ordinary),
        "in the fence there is one id, and so nobody changes his user",
    ),
    (
        "own_program::make_read_only()?;",
        None,
        "in the fence every program is on a read-only mount already; a test of minicontainer looks outside of it",
    ),
    (
        "capabilities::limit(&capabilities)?;",
        Some(User::Ordinary),
        "whoever is born into a user namespace has no inheritable capabilities, and the bounding set does the rest",
    ),
];

/// The one line that a later stage does without, as it says itself.
const LOST: &str = "    rootless::borrow_root()?; // behind the scenes, until chapter 10";

/// First argument of this program when it plays a mutant; the second is its number.
const MUTANT: &str = "mutant";

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().is_some_and(|role| role == MUTANT) {
        let number = arguments.next().and_then(|number| number.to_str()?.parse::<usize>().ok());
        let mutant = number.and_then(|number| MUTANTS.get(number)).expect("the number of a mutant");
        return (mutant.main)([MUTANT.into()].into_iter().chain(arguments).collect());
    }
    harness::main_with(|| {
        let mutants = MUTANTS.iter().enumerate().filter(|(_, mutant)| exception(mutant).is_none());
        let mut trials: Vec<Trial> = mutants.map(|(number, mutant)| trial(number, mutant)).collect();
        trials.push(Trial::test("stages_only_gain_lines", stages_only_gain_lines));
        trials.push(Trial::test("every_chapter_has_a_line", every_chapter_has_a_line));
        trials
    })
}

fn exception(mutant: &Mutant) -> Option<&'static str> {
    let applies = |user: Option<User>| user.is_none_or(|user| user == User::current());
    let is_it = |line: &str| line == mutant.line || line == mutant.whole;
    let found = EXCEPTIONS.iter().find(|(line, user, _)| is_it(line) && applies(*user));
    found.map(|(_, _, reason)| *reason)
}

fn trial(number: usize, mutant: &'static Mutant) -> Trial {
    let name = format!("ch{:02}::without {} a check fails", mutant.chapter, mutant.line);
    Trial::ignorable_test(name, move || some_check_fails(number, mutant))
}

/// The checks and attacks of the mutant's chapter, until one notices.
fn some_check_fails(number: usize, mutant: &Mutant) -> Result<Completion, Failed> {
    let name = format!("stage {} without {}", mutant.chapter, mutant.line);
    let program = vec![std::env::current_exe()?, MUTANT.into(), number.to_string().into()];
    let subject = Subject::of_somebody(name, mutant.chapter, program);
    let checks = CHECKS.iter().filter(|check| check.chapter == mutant.chapter);
    let attacks = ATTACKS.iter().filter(|attack| attack.chapter == mutant.chapter);
    let verdicts = checks
        .map(|check| checks::check(check, &subject))
        .chain(attacks.map(|attack| checks::attack(attack, &subject)));
    for verdict in verdicts {
        match verdict {
            Verdict::Failed { .. } => return Ok(Completion::Completed),
            Verdict::CouldNotRun { reason } => return harness::could_not_run(&reason),
            Verdict::Passed { .. } | Verdict::DoesNotApply { .. } => {}
        }
    }
    Err(format!("all checks of chapter {} pass without this line", mutant.chapter).into())
}

fn every_chapter_has_a_line() -> Result<(), Failed> {
    let last = CHECKS.iter().map(|check| check.chapter).max().unwrap_or_default();
    for chapter in 1..=last {
        if !MUTANTS.iter().any(|mutant| mutant.chapter == chapter && exception(mutant).is_none()) {
            return Err(format!("no line of chapter {chapter} was taken away").into());
        }
    }
    Ok(())
}

/// The script of each stage holds every line of the one before, in the same order.
fn stages_only_gain_lines() -> Result<(), Failed> {
    for pair in SCRIPTS.windows(2) {
        let (before, after) = (pair[0], pair[1]);
        let mut rest = after.lines();
        for line in before.lines().filter(|line| *line != LOST) {
            if !rest.any(|later| later == line) {
                return Err(format!("a later stage has lost, changed or moved this line: {line}").into());
            }
        }
    }
    Ok(())
}
