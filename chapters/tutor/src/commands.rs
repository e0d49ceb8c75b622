//! `cargo run -p exercises -- …`: the student's runtime, and beside it the commands around the exercises.

use std::{
    ffi::OsString,
    fmt::Display,
    path::Path,
    process::{Command, ExitCode},
    sync::mpsc,
    time::Duration,
};

use clap::{Parser, Subcommand};
use notify::{EventKind, RecursiveMode, Watcher};
use sys::{Error, Result};

use crate::{
    EXERCISES, Exercise, Student,
    desk::Desk,
    find,
    grade::{self, Grade},
    language::{fill, say},
    report::{self, Graded},
    summary::{at_hand, summary},
};

/// The exercises, and the runtime that grows out of them.
#[derive(Parser)]
#[command(name = "exercises", disable_help_subcommand = true, after_help = EXAMPLES)]
struct Arguments {
    #[command(subcommand)]
    command: Task,
}

const EXAMPLES: &str = "\
Your own runtime is in the same program:
  cargo run -p exercises -- run -- sh        a shell in your container
  cargo run -p exercises -- run --explain -- true

Examples:
  cargo test -p exercises                    all exercises, and a summary
  cargo test -p exercises ch03               those of chapter 3
  cargo run -p exercises -- hint 3.2         a hint; again: a stronger one; three in all
  cargo run -p exercises -- watch 3          test chapter 3 again whenever a file is saved
  LAB=1 cargo run -p exercises -- watch 6    the same in the lab, where limits work
  cargo run -p tutor -- hint 3.2             the same hint, while your program does not compile; so reset, watch";

#[derive(Subcommand)]
enum Task {
    #[command(flatten)]
    Aside(Aside),
    /// What is solved, what is wrong, what is next
    Progress {
        /// Only these: exercises (3.2) or chapters (3)
        which: Vec<String>,
        /// Write reports for graders: junit=FILE,gradescope=FILE,classroom=FILE,csv=FILE
        #[arg(long, value_name = "FORMAT=FILE,…")]
        report: Option<String>,
    },
    /// For instructors: judge many check-outs, each apart from the others
    Grade(Grade),
}

/// What needs nothing of the student's program. `cargo run -p tutor -- …` has it too, for whose program does not
/// compile.
#[derive(Subcommand)]
pub enum Aside {
    /// A hint for an exercise; asked again, a stronger one
    Hint {
        /// Such as 3.2
        exercise: String,
        /// Begin again with the first
        #[arg(long)]
        again: bool,
    },
    /// Give back the stub of an exercise; what was written is kept beside it
    Reset {
        /// Such as 3.2
        exercise: String,
    },
    /// Test again whenever a file is saved
    Watch {
        /// Only these: exercises (3.2) or chapters (3)
        which: Vec<String>,
    },
}

impl Aside {
    /// Do it, for the student's package in `folder`.
    pub fn run(self, folder: &Path) -> Result<()> {
        match self {
            Self::Hint { exercise, again } => hint(&Desk::new(folder), &exercise, again),
            Self::Reset { exercise } => reset(&Desk::new(folder), &exercise),
            Self::Watch { which } => watch(&folder.join("src"), &which),
        }
    }
}

/// The `main` of the student's package in `folder`, whose runtime is `runtime`.
pub fn main(folder: &str, runtime: fn(Vec<OsString>) -> ExitCode) -> ExitCode {
    if let Some(code) = lab::play_role().or_else(checks::play_role).or_else(grade::play_role) {
        return code;
    }
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let is_runtime = |word: &OsString| {
        word == "run" || word == "--step" || word.as_encoded_bytes().starts_with(b"--explain")
    };
    if arguments.get(1).is_some_and(is_runtime) {
        return runtime(arguments);
    }
    let done = match Arguments::try_parse_from(arguments) {
        Err(error) => return cli::usage(&error),
        Ok(Arguments { command }) => run(command, folder),
    };
    done.unwrap_or_else(|error| {
        cli::complain("exercises", &error);
        ExitCode::FAILURE
    })
}

fn run(task: Task, folder: &str) -> Result<ExitCode> {
    match task {
        Task::Aside(aside) => aside.run(Path::new(folder))?,
        Task::Progress { which, report } => return progress(folder, &which, report.as_deref()),
        Task::Grade(flags) => return grade::run(&flags),
    }
    Ok(ExitCode::SUCCESS)
}

fn known(id: &str) -> Result<&'static Exercise> {
    find(id).ok_or_else(|| {
        let ids: Vec<&str> = EXERCISES.iter().map(|exercise| exercise.id).collect();
        Error::new(format!("there is no exercise {id}")).remedy(format!("There are {}.", ids.join(", ")))
    })
}

fn hint(desk: &Desk, id: &str, again: bool) -> Result<()> {
    let exercise = known(id)?;
    let level = if again { 0 } else { desk.hints_given(id) };
    let level = level.min(exercise.hints.len() - 1);
    let (number, all) = (level + 1, exercise.hints.len());
    let title = say(exercise.title);
    let values: [(&str, &dyn Display); 4] =
        [("number", &number), ("all", &all), ("id", &id), ("title", &title)];
    anstream::println!("{}", fill("Hint {number} of {all} for {id} {title}:", &values));
    anstream::println!("{}", say(exercise.hints[level]));
    if level + 1 == exercise.hints.len() {
        let last = fill("That was the last one. It is explained in {page}.", &[("page", &exercise.page)]);
        anstream::println!("\n{last}");
    }
    desk.remember_hints(id, level + 1)
}

fn reset(desk: &Desk, id: &str) -> Result<()> {
    for kept in desk.reset(known(id)?)? {
        let values: [(&str, &dyn Display); 3] =
            [("id", &id), ("file", &kept.file), ("copy", &kept.copy.display())];
        let said = if kept.file == "stage.rs" {
            fill("What exercise {id} has in stage.rs is out of it; the file as it was is {copy}", &values)
        } else {
            fill(
                "Exercise {id} in {file} is the stub again, the rest is as you wrote it; the file as it was is {copy}",
                &values,
            )
        };
        anstream::println!("{said}");
    }
    Ok(())
}

fn progress(folder: &str, which: &[String], request: Option<&str>) -> Result<ExitCode> {
    request.map(report::parse).transpose()?; // a mistake in it is said before the work begins
    let program = std::env::current_exe()?;
    let student = Student::new(&program.to_string_lossy(), folder);
    if let Some(code) = lab::move_in(&student.folders()) {
        return Ok(code);
    }
    let wanted = |exercise: &&Exercise| {
        which.is_empty()
            || which.iter().any(|word| word == exercise.id || *word == exercise.chapter().to_string())
    };
    let graded: Vec<Graded> =
        EXERCISES.iter().filter(wanted).map(|exercise| Graded::now(exercise, &student)).collect();
    if graded.is_empty() {
        known(&which.join(" "))?;
    }
    let outcomes: Vec<_> = graded.iter().map(|one| (one.exercise, &one.outcome)).collect();
    anstream::print!("{}", summary(&outcomes));
    // The one at hand last: with all exercises its verdict has gone off the screen.
    if let Some(said) = at_hand(&outcomes) {
        anstream::print!("\n{said}");
    }
    request.map_or(Ok(()), |request| report::write(request, "exercises", &graded))?;
    Ok(ExitCode::SUCCESS)
}

/// Build and judge anew whenever a source file changes. The program that watches is the old one, so the
/// new one is asked.
fn watch(sources: &Path, which: &[String]) -> Result<()> {
    for word in which.iter().filter(|word| !EXERCISES.iter().any(|it| it.chapter().to_string() == **word)) {
        known(word)?; // before the work begins
    }
    let (sender, changes) = mpsc::channel();
    let broken = |error: notify::Error| Error::new(format!("cannot watch {}: {error}", sources.display()));
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        let is_change = |kind: EventKind| kind.is_modify() || kind.is_create() || kind.is_remove();
        if event.is_ok_and(|event| is_change(event.kind)) {
            sender.send(()).ok(); // nobody listens any more: we are about to end
        }
    })
    .map_err(broken)?;
    watcher.watch(sources, RecursiveMode::NonRecursive).map_err(broken)?;
    loop {
        judge_anew(which)?;
        let watching = fill("Watching {folder} (Ctrl-C ends it)", &[("folder", &sources.display())]);
        anstream::println!("\n{watching}");
        changes.recv().map_err(|_| Error::new("the watcher has ended"))?;
        // An editor writes a file in several steps.
        while changes.recv_timeout(Duration::from_millis(100)).is_ok() {}
        anstream::println!();
    }
}

fn judge_anew(which: &[String]) -> Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let run = ["run", "--quiet", "--package", "exercises", "--", "progress"];
    // What does not compile has been said by cargo, and the next save is another try.
    Command::new(cargo).args(run).args(which).status()?;
    Ok(())
}
