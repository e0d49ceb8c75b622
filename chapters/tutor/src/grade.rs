//! Grading a class: `cargo run -p exercises -- grade DIR…`.
//!
//! | step | what | file |
//! |---|---|---|
//! | take | only the student's `exercises/src/*.rs` and the data beside them | `copies.rs` |
//! | build | dependencies once, then two calls of rustc for each copy | `workshop.rs` |
//! | watch | does the runtime run what it is told to, and leave its judge alone? | `witness.rs` |
//! | judge | the instructor's own program, tests and fixtures | `judge.rs` |
//! | report | the class table, the most frequent mistakes, a file for each student | `table.rs`, `report.rs` |
//!
//! Build, watch and judge happen in a cell each: `cell.rs` says what it holds, and what it does not.

mod bench;
mod cargo;
mod cell;
mod copies;
mod ended;
mod judge;
mod progress;
mod table;
mod walls;
mod witness;
mod workshop;

use std::{
    num::NonZero,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

pub use bench::{Copy, Remark};
use progress::Progress;
use sys::{Error, Result};
pub use table::{mistakes, table};
use workshop::Workshop;

use crate::{
    Outcome,
    report::{self, Graded},
};

/// The flags of `grade`.
#[derive(clap::Args, Clone, Debug)]
#[command(after_help = EXAMPLES)]
pub struct Grade {
    /// Students' check-outs: workspaces, or their packages `exercises` alone
    #[arg(required = true, value_name = "DIR")]
    pub folders: Vec<PathBuf>,

    /// Write junit.xml, gradescope.json, classroom.json and results.csv for each student into DIR/STUDENT
    #[arg(long, value_name = "DIR")]
    pub report_dir: Option<PathBuf>,

    /// Write the whole class as one CSV file
    #[arg(long, value_name = "FILE")]
    pub csv: Option<PathBuf>,

    /// Print JSON in the place of the table
    #[arg(long)]
    pub json: bool,

    /// Grade so many copies at the same time [default: two for each processor, as checks mostly wait]
    #[arg(long, value_name = "N")]
    pub jobs: Option<NonZero<usize>>,

    /// Time to build a copy, and again to judge it
    #[arg(long, value_name = "SECS", default_value_t = 120)]
    pub time_limit: u64,
}

const EXAMPLES: &str = "\
Only the .rs and .json files in a student's exercises/src are taken. Tests, fixtures, manifests and the verdict are
those of this check-out. What could not run here is no point and no fault; then the exit code is 1.

Examples:
  cargo run -p exercises -- grade ../class/*
  cargo run -p exercises -- grade --csv class.csv --report-dir reports ../class/*
  cargo run -p exercises -- grade --json ../class/anna | jq '.class[].points'";

/// Be the gatekeeper of a cell, or the judge inside, if this program was started as one. Every program that
/// calls [`run`] calls this, and `checks::play_role`, before anything else in `main`.
pub fn play_role() -> Option<ExitCode> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [cell::ROLE, order] => Some(cell::main(order)),
        [judge::ROLE, program, package, seconds] => Some(judge::main(program, package, seconds)),
        _ => None,
    }
}

/// The command: grade, print, write.
pub fn run(grade: &Grade) -> Result<ExitCode> {
    let class = class(grade)?;
    if let Some(file) = &grade.csv {
        fs_err::write(file, csv(&class))?;
    }
    for copy in &class {
        if let Some(folder) = &grade.report_dir {
            write_reports(&folder.join(file_name(&copy.student)), copy)?;
        }
    }
    anstream::print!("{}", if grade.json { json(&class)? } else { table(&class) });
    let no_verdict = |one: &Graded| matches!(one.outcome, Outcome::CouldNotRun(_));
    let complete = !class.iter().flat_map(|copy| &copy.graded).any(no_verdict);
    Ok(if complete { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Grade all copies, some at a time; the answers are in the order of the folders.
pub fn class(grade: &Grade) -> Result<Vec<Copy>> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let workshop = Workshop::open(&workspace)?;
    bench::try_witness(&workshop)?;
    let names = copies::names(&grade.folders);
    let (next, class) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let progress = Progress::new(names.len());
    let work = || {
        while let Some((number, folder)) = next_of(&next, &grade.folders) {
            let bench = workshop.folder.path().join(number.to_string());
            let (remark, graded) =
                bench::grade(&workshop, folder, &bench, Duration::from_secs(grade.time_limit));
            fs_err::remove_dir_all(bench).ok(); // what is left goes with the workshop
            progress.step(&names[number]);
            let copy = Copy { student: names[number].clone(), remark, graded };
            if let Ok(mut class) = class.lock() {
                class.push((number, copy));
            }
        }
    };
    let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
    let jobs = grade.jobs.map_or(2 * processors, NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..jobs.min(names.len()) {
            scope.spawn(work);
        }
    });
    let mut class = class.into_inner().map_err(|_| Error::new("a grader panicked"))?;
    class.sort_by_key(|(number, _)| *number);
    Ok(class.into_iter().map(|(_, copy)| copy).collect())
}

fn next_of<'a>(next: &AtomicUsize, folders: &'a [PathBuf]) -> Option<(usize, &'a PathBuf)> {
    let number = next.fetch_add(1, Ordering::Relaxed);
    folders.get(number).map(|folder| (number, folder))
}

/// The class as one CSV text: a header, then a line for each student and exercise.
pub fn csv(class: &[Copy]) -> String {
    let one = |(number, copy): (usize, &Copy)| {
        let text = report::csv(&copy.student, &copy.graded);
        let header = if number == 0 { 0 } else { text.find('\n').map_or(0, |end| end + 1) };
        text[header..].to_owned()
    };
    class.iter().enumerate().map(one).collect()
}

/// The class as JSON.
pub fn json(class: &[Copy]) -> Result<String> {
    let exercise = |one: &Graded| {
        serde_json::json!({
            "exercise": one.exercise.id, "outcome": one.word(), "points": one.points(),
            "max": one.exercise.points, "mistake": one.mistake(), "seen": one.seen(),
        })
    };
    let copy = |copy: &Copy| {
        let (points, most) = report::points(&copy.graded);
        serde_json::json!({
            "student": copy.student, "points": points, "max": most,
            "remark": copy.remark.as_ref().map(|remark| format!("{}: {}", remark.what, remark.text)),
            "exercises": copy.graded.iter().map(exercise).collect::<Vec<_>>(),
        })
    };
    let mistake = |(count, name, says): (usize, String, String)| serde_json::json!({"count": count, "name": name, "says": says});
    let text = serde_json::to_string_pretty(&serde_json::json!({
        "class": class.iter().map(copy).collect::<Vec<_>>(),
        "mistakes": mistakes(class).into_iter().map(mistake).collect::<Vec<_>>(),
    }));
    text.map(|text| text + "\n").map_err(|error| Error::new(error.to_string()))
}

fn write_reports(folder: &Path, copy: &Copy) -> Result<()> {
    fs_err::create_dir_all(folder)?;
    let path = |name: &str| folder.join(name).display().to_string();
    let files = ["junit.xml", "gradescope.json", "classroom.json", "results.csv"].map(path);
    let formats = [report::junit, report::gradescope, report::classroom, report::csv];
    for (file, format) in files.iter().zip(formats) {
        fs_err::write(file, format(&copy.student, &copy.graded))?;
    }
    Ok(())
}

/// A name that stays in the folder for reports.
fn file_name(student: &str) -> String {
    let name = student.replace(['/', '\0'], "_");
    if name.trim_matches('.').is_empty() { format!("_{name}") } else { name }
}
