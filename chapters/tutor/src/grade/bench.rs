//! One student's bench: the copy is taken, built, watched and judged here.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use sys::{Error, Result};

use super::{
    cell::Cell,
    copies, judge,
    witness::{self, Testimony},
    workshop::{Built, Workshop},
};
use crate::{EXERCISES, Exercise, Outcome, Student, report::Graded};

/// How long a runtime may take to run one command, while the witness looks.
const PATIENCE: Duration = Duration::from_secs(5);

/// What is said about one student's copy.
#[derive(Debug)]
pub struct Copy {
    /// What the student is called.
    pub student: String,
    /// Why the exercises could not be judged one by one, if they could not.
    pub remark: Option<Remark>,
    /// All exercises.
    pub graded: Vec<Graded>,
}

/// What is wrong with a copy as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// In a few words, for the table.
    pub what: &'static str,
    /// The details.
    pub text: String,
}

/// Grade the check-out in `checkout` of `student`, on the bench in the folder `bench`.
pub(super) fn grade(
    workshop: &Workshop,
    checkout: &Path,
    bench: &Path,
    limit: Duration,
) -> (Option<Remark>, Vec<Graded>) {
    match try_grade(workshop, checkout, bench, limit) {
        Ok(Ok(graded)) => (None, graded),
        Ok(Err(remark)) => {
            let seen = format!("{}: {}", remark.what, remark.text);
            let wrong = || Outcome::Wrong { mistake: None, seen: seen.clone() };
            let student = Student::new("", &bench.to_string_lossy());
            let graded =
                all(|exercise| if student.is_stub(exercise) { Outcome::NotWritten } else { wrong() });
            (Some(remark), graded)
        }
        Err(error) => {
            let reason = error.to_string();
            let graded = all(|_| Outcome::CouldNotRun(reason.clone()));
            (Some(Remark { what: "could not be graded here", text: reason }), graded)
        }
    }
}

fn try_grade(
    workshop: &Workshop,
    checkout: &Path,
    bench: &Path,
    limit: Duration,
) -> Result<Result<Vec<Graded>, Remark>> {
    for folder in ["", "root"] {
        fs_err::create_dir_all(bench.join(folder))?;
    }
    let remark = |what, text: String| Ok(Err(Remark { what, text }));
    if let Err(error) = copies::take(checkout, &bench.join("src")) {
        return remark("was not taken", error.to_string());
    }
    let program = match workshop.build(bench, limit)? {
        Built::Program(program) => program,
        Built::DoesNotCompile(said) => return remark("does not compile", said),
        Built::Late => {
            let late = format!("the compiler did not end within {} s", limit.as_secs());
            return remark("does not compile", late);
        }
        Built::CouldNotRun(reason) => return Err(Error::new(reason)),
    };
    let probe = std::env::current_exe()?.to_string_lossy().into_owned();
    // As the checks do: from chapter 8 on a container has no files but those that it is given.
    let given = format!("{probe}:{probe}:ro");
    let runtime = [program.clone(), "run".into(), "--volume".into(), given.into(), "--".into()];
    match witness::look(|command| watched(bench, &runtime, command), PATIENCE)? {
        Testimony::Honest | Testimony::Nothing => {
            Ok(Ok(judge::judge_in(in_cell(bench, &program, limit)?, limit)?))
        }
        Testimony::Fake(how) => remark("fakes its results", how),
        Testimony::Kills => {
            remark("kills its judge", "a process that only waited for it was killed".to_owned())
        }
        Testimony::Hangs => remark(
            "hangs",
            format!("a command that ends at once did not end within {} s", PATIENCE.as_secs()),
        ),
        Testimony::CouldNotRun(reason) => Err(Error::new(reason)),
    }
}

/// What the witness does when there is no student: it must see the probe, or it sees nothing at all here.
pub(super) fn try_witness(workshop: &Workshop) -> Result<()> {
    let bench = workshop.folder.path().join("witness");
    fs_err::create_dir_all(bench.join("root"))?;
    match witness::look(|command| watched(&bench, &[], command), PATIENCE)? {
        Testimony::Honest => Ok(()),
        other => Err(Error::new(format!("nobody can watch a program in a cell here: {other:?}")).remedy(
            "What is built here must be everybody's to read: set umask 022 and build anew, or grade as an ordinary user.",
        )),
    }
}

/// A cell in which `runtime` runs `command`. The shell is in the place of a judge: see `witness.rs`.
fn watched(bench: &Path, runtime: &[PathBuf], command: &[&str]) -> Cell {
    let mut words = ["/bin/sh", "-c", "\"$@\"; exit $?", "sh"].map(PathBuf::from).to_vec();
    words.extend(runtime.iter().cloned().chain(command.iter().map(PathBuf::from)));
    let visible = runtime.iter().take(1).cloned().chain([command[0].into()]).collect();
    Cell {
        root: bench.join("root"),
        visible,
        writable: None,
        memory: None,
        groups: Default::default(),
        untrusted: true,
        command: words,
    }
}

/// A cell in which `program` is judged.
fn in_cell(bench: &Path, program: &Path, limit: Duration) -> Result<Cell> {
    let ourselves = std::env::current_exe()?;
    let mut command = vec![ourselves.clone(), judge::ROLE.into(), program.to_owned(), bench.to_owned()];
    command.push(limit.as_secs().to_string().into());
    let visible = vec![ourselves, program.to_owned(), bench.join("src")];
    // The command is ours; the student's program runs in a fence below it.
    Ok(Cell {
        root: bench.join("root"),
        visible,
        writable: None,
        memory: None,
        groups: Default::default(),
        untrusted: false,
        command,
    })
}

fn all(outcome: impl Fn(&'static Exercise) -> Outcome) -> Vec<Graded> {
    let graded = |exercise| Graded { exercise, outcome: outcome(exercise), took: Duration::ZERO };
    EXERCISES.iter().map(graded).collect()
}
