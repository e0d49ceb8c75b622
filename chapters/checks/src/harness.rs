//! The test harness: checks and attacks on one subject as tests with three answers.

mod host;

use std::{process::ExitCode, sync::LazyLock};

use libtest_mimic::{Arguments, Completion, Failed, Trial};

pub use host::Host;

pub use crate::fence::set_time_limit;
use crate::{ATTACKS, Attack, CHECKS, Check, Subject, User, Verdict, verdict};

/// The `main` of a test program: examine `subjects` with all checks and attacks.
pub fn main(subjects: &[Subject]) -> ExitCode {
    main_with(|| subjects.iter().flat_map(trials).collect())
}

/// The same, for tests of another kind that need the fence or the probe.
pub fn main_with(trials: impl FnOnce() -> Vec<Trial>) -> ExitCode {
    if let Some(code) = crate::play_role() {
        return code;
    }
    libtest_mimic::run(&Arguments::from_args(), trials()).exit_code()
}

/// Whether the user who runs this may make control groups here. It is tried once: of two threads that try at once, one
/// would be told that there is such a group.
pub fn may_make_groups() -> bool {
    static MAY: LazyLock<bool> = LazyLock::new(|| {
        let folder = format!("{}{}-try", crate::fence::PREFIX, std::process::id());
        !crate::cage::Cage::build(folder.as_ref(), sys::Uid::effective().as_raw()).rooms().is_empty()
    });
    *MAY
}

/// All checks and attacks on `subject`.
pub fn trials(subject: &Subject) -> Vec<Trial> {
    let checks = CHECKS.iter().filter(|check| check.exception(subject).is_none());
    let checks = checks.map(|check| check_trial(check, subject));
    checks.chain(ATTACKS.iter().map(|attack| attack_trial(attack, subject))).collect()
}

/// Only the checks called `names` on `subject`.
pub fn checks(subject: &Subject, names: &[&str]) -> Vec<Trial> {
    CHECKS
        .iter()
        .filter(|check| names.contains(&check.name))
        .map(|check| check_trial(check, subject))
        .collect()
}

fn check_trial(check: &'static Check, subject: &Subject) -> Trial {
    let (expectation, subject) = (if subject.has(check.chapter) { "has" } else { "lacks" }, subject.clone());
    let title = format!("ch{:02}::{}_{expectation}_{}", check.chapter, test_name(&subject), check.name);
    Trial::ignorable_test(title, move || answer_check(check, &subject))
}

fn attack_trial(attack: &'static Attack, subject: &Subject) -> Trial {
    let (stopped, subject) = (attack.must_be_stopped(subject, User::current()), subject.clone());
    let expectation = if stopped { "stops" } else { "is_open_to" };
    let title = format!("ch{:02}::{}_{expectation}_{}", attack.chapter, test_name(&subject), attack.name);
    Trial::ignorable_test(title, move || answer_attack(attack, &subject))
}

fn test_name(subject: &Subject) -> String {
    subject.name().replace(' ', "_")
}

/// A runtime with the feature shows what the snapshot says; one without it does not.
fn answer_check(check: &Check, subject: &Subject) -> Result<Completion, Failed> {
    match verdict::check(check, subject) {
        Verdict::CouldNotRun { reason } => could_not_run(&reason),
        Verdict::DoesNotApply { reason } => Ok(Completion::ignored_with(reason)),
        Verdict::Passed { observed } | Verdict::Failed { observed, .. } if subject.has(check.chapter) => {
            compare_with_snapshot(check, &observed);
            Ok(Completion::Completed)
        }
        Verdict::Failed { .. } => Ok(Completion::Completed),
        Verdict::Passed { .. } => Err(format!(
            "{} has no chapter {}, and still it passes {}: the check does not show the feature",
            subject.name(),
            check.chapter,
            check.name
        )
        .into()),
    }
}

fn answer_attack(attack: &Attack, subject: &Subject) -> Result<Completion, Failed> {
    let stopped = attack.must_be_stopped(subject, User::current());
    match verdict::attack(attack, subject) {
        Verdict::CouldNotRun { reason } => could_not_run(&reason),
        Verdict::DoesNotApply { reason } => Ok(Completion::ignored_with(reason)),
        Verdict::Passed { .. } if stopped => Ok(Completion::Completed),
        Verdict::Failed { .. } if !stopped => Ok(Completion::Completed),
        Verdict::Failed { observed, .. } => Err(format!("the attack succeeded: {observed}").into()),
        Verdict::Passed { .. } if attack.known_of(subject).is_some() => {
            Ok(Completion::ignored_with(format!("this {} stops it; an older one does not", subject.name())))
        }
        Verdict::Passed { observed } => Err(format!("the attack was stopped too early: {observed}").into()),
    }
}

/// A test of a part of the test program itself.
pub fn own_test(name: &str, run: fn()) -> Trial {
    Trial::test(format!("runner::{name}"), move || {
        run();
        Ok(())
    })
}

/// A test that could not run is shown as ignored, with its reason. With REQUIRE_ALL=1 it fails.
pub fn could_not_run(reason: &str) -> Result<Completion, Failed> {
    if std::env::var_os("REQUIRE_ALL").is_some_and(|value| value == "1") {
        return Err(format!("could not run here, and REQUIRE_ALL=1: {reason}").into());
    }
    Ok(Completion::ignored_with(format!("could not run here: {reason}")))
}

/// Compare with `snapshots/NAME.snap`, the same for every subject.
fn compare_with_snapshot(check: &Check, observed: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_description(check.question);
    settings.bind(|| insta::assert_snapshot!(check.name, observed));
}
