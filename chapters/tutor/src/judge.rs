//! Judging one exercise: run its checks in the fence, and where one fails, look for the mistake.

use std::path::{Path, PathBuf};

use checks::{Needs, Subject, User, Verdict};
use sys::Side;

use crate::{Exercise, Misconception, misconceptions, sources};

/// What is said about one exercise of one student.
#[derive(Debug)]
pub enum Outcome {
    /// All its checks pass.
    Solved,
    /// The stub is still there.
    NotWritten,
    /// A check fails.
    Wrong {
        /// The mistake, if it is a known one.
        mistake: Option<&'static Misconception>,
        /// What was seen, and what should have been.
        seen: String,
    },
    /// Nobody knows, and why.
    CouldNotRun(String),
}

/// The runtime of a student: the program, and the folder of its sources where there is one.
#[derive(Clone, Debug)]
pub struct Student {
    /// How to call it.
    pub subject: Subject,
    /// The folder with `stage.rs` and the units.
    pub sources: Option<PathBuf>,
}

impl Student {
    /// The package in `folder`, built as `program`.
    pub fn new(program: &str, folder: &str) -> Student {
        let subject = Subject::of_somebody("student", sources::CHAPTER, vec![program.into()]);
        Student { subject, sources: Some(Path::new(folder).join("src")) }
    }

    /// The folders that it needs: those of its program and of its package.
    pub fn folders(&self) -> Vec<&Path> {
        let Subject::Ours { program, .. } = &self.subject else { return Vec::new() };
        let program = program.first().map(Path::new);
        [program, self.sources.as_deref()].into_iter().flatten().filter_map(Path::parent).collect()
    }

    /// Whether a part of `exercise` is not written yet.
    pub fn is_stub(&self, exercise: &Exercise) -> bool {
        let Some(folder) = &self.sources else { return false };
        exercise.parts.iter().any(|part| {
            let text = fs_err::read_to_string(folder.join(part.file())).unwrap_or_default();
            sources::is_stub(&text, exercise)
        })
    }

    /// `mistake`, but where it says that a line is not in `stage.rs`, and it is: what else that means.
    fn in_truth(
        &self,
        exercise: &Exercise,
        mistake: &'static Misconception,
        seen: &str,
    ) -> &'static Misconception {
        let Some(folder) = &self.sources else { return mistake };
        let stage = fs_err::read_to_string(folder.join("stage.rs")).unwrap_or_default();
        if mistake.name != "line-forgotten" || !sources::has_lines(&stage, exercise) {
            mistake
        } else if seen.contains("    where   ") {
            &misconceptions::NOT_REACHED // so our errors tell their place
        } else {
            &misconceptions::DOES_SOMETHING_ELSE
        }
    }
}

/// What was seen of a runtime that does not pass.
pub struct Evidence {
    verdicts: Vec<(&'static str, Verdict)>,
    explained: String,
}

impl Evidence {
    /// What check `name` observed; nothing if it is not among the exercise's.
    pub fn observed(&self, name: &str) -> &str {
        let verdict = self.verdicts.iter().find(|(check, _)| *check == name).map(|(_, verdict)| verdict);
        match verdict {
            Some(Verdict::Passed { observed } | Verdict::Failed { observed, .. }) => observed,
            Some(Verdict::CouldNotRun { reason } | Verdict::DoesNotApply { reason }) => reason,
            None => "",
        }
    }

    /// Whether check `name` passes.
    pub fn passes(&self, name: &str) -> bool {
        self.verdicts
            .iter()
            .any(|(check, verdict)| *check == name && matches!(verdict, Verdict::Passed { .. }))
    }

    /// The calls that the runtime really made on one side, in their order, as `--explain` showed them.
    pub fn calls(&self, side: Side) -> Vec<&str> {
        let column = if side == Side::Parent { 1 } else { 2 };
        let cells = self.explained.lines().filter_map(|line| line.split('│').nth(column));
        cells.map(str::trim).filter(|cell| cell.contains('(')).collect()
    }

    /// Where on one side the first call that contains `text` stands.
    pub fn position(&self, side: Side, text: &str) -> Option<usize> {
        self.calls(side).iter().position(|call| call.contains(text))
    }

    /// Whether one side made a call that contains `text`.
    pub fn called(&self, side: Side, text: &str) -> bool {
        self.position(side, text).is_some()
    }

    /// The error with which the runtime gave up, if it did.
    pub fn said(&self, text: &str) -> bool {
        self.explained.contains(text)
            || self.verdicts.iter().any(|(name, _)| self.observed(name).contains(text))
    }
}

/// Examine `student` with the checks of `exercise`.
pub fn judge(exercise: &Exercise, student: &Student) -> Outcome {
    if student.is_stub(exercise) {
        return Outcome::NotWritten;
    }
    let verdicts: Vec<_> =
        exercise.checks.iter().map(|name| (*name, examine(name, &student.subject))).collect();
    let missing = verdicts.iter().find_map(|(_, verdict)| match verdict {
        Verdict::CouldNotRun { reason } => Some(reason.clone()),
        _ => None,
    });
    let failed = verdicts.iter().find_map(|(name, verdict)| match verdict {
        Verdict::Failed { observed, expected, .. } => Some((*name, observed.clone(), expected.clone())),
        _ => None,
    });
    match (failed, missing) {
        (None, None) if misconceptions::has_an_order(exercise) => in_order(exercise, student, verdicts),
        (None, None) => Outcome::Solved,
        (None, Some(reason)) => Outcome::CouldNotRun(reason),
        (Some((name, observed, expected)), _) => {
            let seen =
                format!("check {name}\nobserved:\n{}\nshould be:\n{}", indent(&observed), indent(&expected));
            if exercise.id != "4.1" && covers_our_proc(student) {
                return Outcome::Wrong { mistake: Some(&misconceptions::FOLLOWS_FROM_MOUNTS), seen };
            }
            let evidence =
                Evidence { verdicts, explained: checks::explain(&student.subject, exercise.flags, name) };
            let mistake = misconceptions::recognise(exercise, &evidence);
            Outcome::Wrong {
                mistake: mistake.map(|mistake| student.in_truth(exercise, mistake, &seen)),
                seen,
            }
        }
    }
}

/// Solved, if the lines of `exercise` are in an order that is right always, and not only where it was checked.
fn in_order(exercise: &Exercise, student: &Student, verdicts: Vec<(&'static str, Verdict)>) -> Outcome {
    let explained = checks::explain(&student.subject, exercise.flags, exercise.checks[0]);
    let evidence = Evidence { verdicts, explained };
    let Some(mistake) = misconceptions::of_order(exercise, &evidence) else { return Outcome::Solved };
    let calls = evidence.calls(Side::Child).join("\n");
    Outcome::Wrong {
        mistake: Some(mistake),
        seen: format!("the child's calls, in their order:\n{}", indent(&calls)),
    }
}

/// Whether the containers of `student` leave their /proc over the one through which all is observed, or take that away: then
/// every check that looks at processes fails, and none of them for a reason of its own.
fn covers_our_proc(student: &Student) -> bool {
    let mounts = examine("own_mounts", &student.subject);
    // It is the judge who cannot read it, not the probe inside.
    let ours = |said: &str| {
        said.contains("taken away outside")
            || (said.contains("`/proc/self/") && !said.contains("from inside"))
    };
    matches!(mounts, Verdict::Failed { observed, .. } if ours(&observed))
}

fn examine(name: &str, subject: &Subject) -> Verdict {
    if let Some(check) = checks::find_check(name) {
        return checks::check(check, subject);
    }
    match checks::find_attack(name) {
        // An ordinary user cannot do it in any stage: that it fails says nothing.
        Some(attack) if attack.needs != Needs::Anybody && User::current() == User::Ordinary => {
            Verdict::DoesNotApply { reason: "takes root".to_owned() }
        }
        Some(attack) => checks::attack(attack, subject),
        None => Verdict::CouldNotRun { reason: format!("there is no check {name}") },
    }
}

fn indent(text: &str) -> String {
    text.lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}
