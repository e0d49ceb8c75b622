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

    /// What is said where the runtime ended in another exercise than `exercise`, or because of another one. What it said is in
    /// `seen` and in the `evidence`.
    fn ended_elsewhere(
        &self,
        exercise: &Exercise,
        evidence: &Evidence,
        seen: &str,
    ) -> Option<&'static Misconception> {
        let said = [seen, &evidence.explained];
        let other = |found: &&'static Exercise| found.id != exercise.id;
        if let Some(stub) = said.iter().find_map(|said| unwritten(said)).filter(other) {
            return misconceptions::ended_in(stub, &misconceptions::ENDED_IN_STUB);
        }
        // The seat belt, not the kernel, refuses what would be done to everybody's mounts.
        if evidence.said(misconceptions::EVERYBODYS_MOUNTS) {
            let kind = if misconceptions::clone_lacks(evidence, "CLONE_NEWNS") {
                Some(&misconceptions::ENDED_FOR_WANT)
            } else {
                Some(&misconceptions::ENDED_IN_ERROR).filter(|_| evidence.said("MS_PRIVATE, NULL): refused"))
            };
            if let Some(kind) = kind {
                return misconceptions::ended_in(crate::find("4.1").filter(other)?, kind);
            }
        }
        let (file, number) = said.iter().find_map(|said| place(said))?;
        let name = file.file_name()?.to_str()?;
        let path = self.sources.as_ref().map_or_else(|| file.to_owned(), |folder| folder.join(name));
        let text = fs_err::read_to_string(path).ok()?; // a place in somebody else's source is no exercise's
        let failed = sources::exercise_at(name, &text, number)?;
        let wanting = misconceptions::lacks_namespace_of(failed.id, evidence).and_then(crate::find);
        match wanting.filter(other) {
            Some(wanting) => misconceptions::ended_in(wanting, &misconceptions::ENDED_FOR_WANT),
            None => misconceptions::ended_in(Some(failed).filter(other)?, &misconceptions::ENDED_IN_ERROR),
        }
    }

    /// `mistake`, but where it says that a line is not in `stage.rs`, and it is: what else that means.
    fn in_truth(
        &self,
        exercise: &Exercise,
        mistake: &'static Misconception,
        evidence: &Evidence,
        seen: &str,
    ) -> &'static Misconception {
        let Some(folder) = &self.sources else { return mistake };
        let stage = fs_err::read_to_string(folder.join("stage.rs")).unwrap_or_default();
        if mistake.name != "line-forgotten" || !sources::has_lines(&stage, exercise) {
            mistake
        } else if exercise.lines.iter().all(|line| line.ends_with(','))
            && evidence.called(Side::Parent, "clone3(")
        {
            &misconceptions::ANOTHER_FLAG
        } else if [seen, &evidence.explained].into_iter().any(|said| place(said).is_some()) {
            &misconceptions::NOT_REACHED
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

    /// The calls that the runtime really made on one side, in their order.
    pub fn calls(&self, side: Side) -> Vec<&str> {
        checks::calls(&self.explained, side)
    }

    /// Where on one side the first call that contains `text` stands.
    pub fn position(&self, side: Side, text: &str) -> Option<usize> {
        self.calls(side).iter().position(|call| call.contains(text))
    }

    /// Whether one side made a call that contains `text`.
    pub fn called(&self, side: Side, text: &str) -> bool {
        self.position(side, text).is_some()
    }

    /// Whether a check was broken off because it did not end.
    fn never_ended(&self) -> bool {
        self.verdicts.iter().any(|(_, verdict)| verdict.never_ended())
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
    let mut verdicts = Vec::new();
    for name in exercise.checks {
        verdicts.push((*name, examine(name, &student.subject)));
        if verdicts.last().is_some_and(|(_, verdict)| verdict.never_ended()) {
            break; // nobody waits as long for each of the others
        }
    }
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
            let never_ended = verdicts.iter().any(|(_, verdict)| verdict.never_ended());
            if exercise.id != "4.1" && !never_ended && covers_our_proc(student) {
                return Outcome::Wrong { mistake: Some(&misconceptions::FOLLOWS_FROM_MOUNTS), seen };
            }
            let explained = checks::explain(&student.subject, exercise.flags, name);
            let evidence = Evidence { verdicts, explained };
            let mistake = mistake(exercise, student, &evidence, &seen);
            // An error that no system call made tells its place to whoever asks for the calls.
            let place = place(&evidence.explained).filter(|_| place(&seen).is_none());
            let place = place.map(|(file, line)| format!("\nthe error's place: {}:{line}", file.display()));
            Outcome::Wrong { mistake, seen: seen + &place.unwrap_or_default() }
        }
    }
}

/// The mistake that `evidence` shows, and what was `seen` of the check that fails. Where another exercise has ended the
/// run, what is not there says nothing about this one.
fn mistake(
    exercise: &Exercise,
    student: &Student,
    evidence: &Evidence,
    seen: &str,
) -> Option<&'static Misconception> {
    if let Some(spoilt) = misconceptions::that_spoils(exercise, evidence) {
        return Some(spoilt);
    }
    if let Some(elsewhere) = student.ended_elsewhere(exercise, evidence, seen) {
        let cause = misconceptions::that_ends_in(elsewhere.exercise, exercise, evidence);
        return cause.map(|cause| student.in_truth(exercise, cause, evidence, seen)).or(Some(elsewhere));
    }
    if [seen, &evidence.explained].into_iter().any(|said| place_of_panic(said).is_some()) {
        return Some(&misconceptions::PANICS);
    }
    if let Some(follows) = misconceptions::that_follows(exercise, evidence) {
        return Some(follows);
    }
    // Of a run that does not end, what is missing says nothing.
    if evidence.explained.contains(checks::NO_END) {
        return misconceptions::that_hangs(exercise, evidence).or(Some(&misconceptions::HANGS));
    }
    if let Some(mistake) = misconceptions::recognise(exercise, evidence) {
        return Some(student.in_truth(exercise, mistake, evidence, seen));
    }
    if evidence.never_ended() {
        return Some(&misconceptions::HANGS);
    }
    let ends_in_error = [seen, &evidence.explained].into_iter().any(|said| place(said).is_some());
    misconceptions::unasked(evidence).or(ends_in_error.then_some(&misconceptions::ENDS_IN_ERROR))
}

/// The exercise that a stub names in what the runtime `said`.
fn unwritten(said: &str) -> Option<&'static Exercise> {
    let (before, _) = said.split_once(" is not written yet")?;
    crate::find(before.rsplit_once("exercise ")?.1)
}

/// The file and the number of the line that an error in what the runtime `said` gives as its place, or a panic.
fn place(said: &str) -> Option<(&Path, usize)> {
    let mut of_the_janitor = false; // what he cannot remove is no error of the run
    let of_the_run = said.lines().filter(|line| {
        of_the_janitor = line.starts_with("the janitor of ") || (of_the_janitor && line.starts_with("  "));
        !of_the_janitor
    });
    let of_errors =
        of_the_run.filter_map(|line| line.trim_start().strip_prefix("where   ")?.split_once(", "));
    let (file, number) = place_of_panic(said).or_else(|| Some(of_errors.last()?.1))?.rsplit_once(':')?;
    let is_handed_on = file.contains("chapters/sys/"); // made there, and no place in anybody's exercise
    Some((Path::new(file), number.parse().ok()?)).filter(|_| !is_handed_on)
}

/// `FILE:LINE` of the first panic in what the runtime `said`.
fn place_of_panic(said: &str) -> Option<&str> {
    let place = said.lines().find_map(|line| line.split_once(" panicked at ")?.1.strip_suffix(':'))?;
    Some(place.rsplit_once(':')?.0) // without the column
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
            || (["`/proc/self/", "no /proc/self/exe"].iter().any(|file| said.contains(file))
                && !said.contains("from inside"))
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

#[cfg(test)]
mod tests {
    use super::*;

    const UNIT: &str = "pub fn set(name: &str) -> Result<()> {\n    sys::sethostname(name)\n}\n";
    const CHILD_FAILED: &str = "\
recv(2) │ recv(4) = {\"Failed\":{\"what\":\"sethostname(\\\"box\\\", 3): EPERM\",\"side\":\"Child\"}} │
exercises: sethostname(\"box\", 3): EPERM (Operation not permitted)
  where   child, exercises/src/hostname.rs:2
  read    sethostname(2)
";

    /// What is said about `id` to a student whose hostname.rs is `UNIT`, when `explained` is what the runtime said.
    fn said_about(id: &str, stage: &str, explained: &str) -> Option<String> {
        let folder = tempfile::tempdir().unwrap();
        fs_err::write(folder.path().join("hostname.rs"), UNIT).unwrap();
        fs_err::write(folder.path().join("stage.rs"), stage).unwrap();
        let subject = Subject::of_somebody("student", sources::CHAPTER, Vec::new());
        let student = Student { subject, sources: Some(folder.path().to_owned()) };
        let evidence = Evidence { verdicts: Vec::new(), explained: explained.to_owned() };
        let mistake = mistake(crate::find(id).unwrap(), &student, &evidence, "check\nobserved:\n  nothing");
        mistake.map(|mistake| format!("{} {}", mistake.name, mistake.in_english()))
    }

    #[test]
    fn another_exercise_that_is_not_written_is_blamed() {
        let said = "exercises: exercise 1.4 is not written yet\n";
        for id in ["1.3", "1.5", "3.2", "5.1"] {
            let says =
                said_about(id, "signals::reset()?;\nextend::set_ulimits(&run.ulimit)?;\n", said).unwrap();
            assert!(says.starts_with("ended-in-stub-1.4 ") && says.contains("exercise 1.4, which"), "{says}");
        }
    }

    #[test]
    fn an_error_in_another_exercises_function_is_not_this_ones() {
        for id in ["2.3", "3.2", "4.3", "5.1", "5.2"] {
            let says = said_about(id, "", CHILD_FAILED).unwrap();
            assert!(
                says.starts_with("ended-in-error-2.2 ") && says.contains("exercise 2.2."),
                "{id}: {says}"
            );
        }
        // But where there was no namespace, that is why, for all of them.
        let cloned = format!("clone(2) │ clone3(CLONE_NEWPID) = 7 │\n{CHILD_FAILED}");
        let says = said_about("2.1", "", &cloned).unwrap();
        assert!(says.starts_with("line-forgotten "), "{says}");
        for id in ["2.2", "2.3", "3.2"] {
            let says = said_about(id, "", &cloned).unwrap();
            assert!(says.starts_with("ended-for-want-2.1 "), "{id}: {says}");
        }
    }

    #[test]
    fn so_is_a_panic_in_it() {
        let said =
            "\nthread 'main' (7) panicked at exercises/src/hostname.rs:2:5:\nnot yet\nnote: run with\n";
        let says = said_about("1.1", "", said).unwrap();
        assert!(says.starts_with("ended-in-error-2.2 "), "{says}");
    }

    #[test]
    fn what_spoils_all_is_said_of_each_exercise() {
        let closed = "close_range(2) │ │ close_range(0, ~0, CLOSE_RANGE_CLOEXEC) = 0\n";
        for (said, name) in [(closed, "streams-closed "), (checks::PRINTED, "prints ")] {
            for id in ["1.1", "2.1", "3.2", "6.2"] {
                let says = said_about(id, "", said).unwrap();
                assert!(says.starts_with(name), "{id}: {says}");
            }
        }
        assert!(said_about("1.2", "", closed).unwrap().starts_with("closes-standard-streams "));
    }

    #[test]
    fn what_the_janitor_could_not_do_is_at_no_place_of_the_run() {
        let janitor = "the janitor of 7: rmdir(\"/x\"): EIO\n  where   parent, exercises/src/cgroup.rs:165\n";
        assert_eq!(place(janitor), None);
        let error = "exercises: it failed\n  where   child, exercises/src/hostname.rs:2\n";
        let both = janitor.to_owned() + error;
        assert_eq!(place(&both), Some((Path::new("exercises/src/hostname.rs"), 2)));
    }

    #[test]
    fn who_is_not_pid_1_shows_nothing_of_its_signals() {
        for (clone, blamed) in [("clone3(CLONE_NEWUTS) = 7", true), ("clone3(CLONE_NEWPID) = 7", false)] {
            let says = said_about("3.2", "", &format!("clone(2) │ {clone} │\n")).unwrap();
            assert_eq!(says.starts_with("no-pid-1 "), blamed, "{says}");
        }
    }

    #[test]
    fn what_never_ends_is_not_taken_for_a_call_that_is_missing() {
        let observed = "no end within 20 s".to_owned();
        let hangs = || Verdict::Failed { observed: observed.clone(), expected: String::new(), known: None };
        let folder = tempfile::tempdir().unwrap();
        fs_err::write(folder.path().join("stage.rs"), "process::close_descriptors()?;\n").unwrap();
        let subject = Subject::of_somebody("student", sources::CHAPTER, Vec::new());
        let student = Student { subject, sources: Some(folder.path().to_owned()) };
        for id in ["1.1", "1.2"] {
            let exercise = crate::find(id).unwrap();
            let verdicts = vec![(exercise.checks[0], hangs())];
            let evidence = Evidence { verdicts, explained: observed.clone() };
            assert_eq!(mistake(exercise, &student, &evidence, &observed).unwrap().name, "hangs", "{id}");
        }
    }

    #[test]
    fn what_the_child_told_is_no_call_of_the_parents() {
        assert!(!said_about("2.2", "", CHILD_FAILED).unwrap().starts_with("in-the-parent "));
        let parent = "sethostname(2) │ sethostname(\"box\", 3) = 0 │\n";
        assert!(said_about("2.2", "", parent).unwrap().starts_with("in-the-parent "));
    }
}
