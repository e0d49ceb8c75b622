//! A class of students who hand in good work, no work, and things that they should not; and the row of the
//! class table that each must get. It takes cargo and rustc, as grading does.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use checks::harness;
use clap::Parser;
use libtest_mimic::{Completion, Failed, Trial};
use tutor::{
    EXERCISES, Outcome,
    grade::{self, Copy, Grade},
    sources, text,
};

/// What a student hands in.
enum Work {
    /// The solutions.
    Solved,
    /// The stubs.
    Fresh,
    /// The solutions with another body of `stage::main`: `students/NAME.rs`.
    Main,
}

/// A student, and what must stand in the class table: a remark, and the points out of all.
struct Expected {
    student: &'static str,
    work: Work,
    remark: Option<(&'static str, &'static str)>,
    all_points: bool,
}

const fn student(student: &'static str, what: &'static str, text: &'static str) -> Expected {
    Expected { student, work: Work::Main, remark: Some((what, text)), all_points: false }
}

const CLASS: &[Expected] = &[
    Expected { student: "solved", work: Work::Solved, remark: None, all_points: true },
    Expected { student: "fresh", work: Work::Fresh, remark: None, all_points: false },
    student("fake-result", "fakes its results", "never ran the program"),
    student("edited-result", "fakes its results", "never ran the program"),
    student("kills-everything", "kills its judge", "was killed"),
    student("kills-its-parent", "kills its judge", "was killed"),
    student("runs-for-ever", "hangs", "did not end within"),
    student("does-not-compile", "does not compile", "error[E0425]: cannot find value `parrent`"),
    student("steals-the-solution", "does not compile", "couldn't read"),
    Expected { student: "sees-nothing", work: Work::Main, remark: None, all_points: true },
];

/// One whose compiler never ends; it is graded with a time limit of its own.
const ENDLESS: &[Expected] =
    &[student("compiles-for-ever", "does not compile", "the compiler did not end within 5 s")];

#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    grade: Grade,
}

fn main() -> ExitCode {
    if let Some(code) = grade::play_role() {
        return code;
    }
    harness::main_with(|| {
        vec![
            Trial::ignorable_test("grade::each_student_gets_the_expected_row", || expect(CLASS, "120")),
            Trial::ignorable_test("grade::a_compiler_without_end_is_ended", || expect(ENDLESS, "5")),
            Trial::ignorable_test("grade::a_folder_without_exercises_is_said_to_be_one", no_exercises),
        ]
    })
}

fn expect(class: &[Expected], limit: &str) -> Result<Completion, Failed> {
    let folder = tempfile::tempdir()?;
    let mut words = vec!["grade".into(), "--time-limit".into(), limit.into()];
    for one in class {
        let checkout = folder.path().join(one.student);
        hand_in(one, &checkout.join("exercises/src"))?;
        words.push(checkout.into_os_string());
    }
    let graded = grade::class(&Arguments::try_parse_from(words)?.grade)?;
    println!("{}", grade::table(&graded));
    if let Some(reason) = could_not_run(&graded) {
        return harness::could_not_run(&reason);
    }
    let wrong: Vec<String> = class.iter().zip(&graded).filter_map(|(one, copy)| differs(one, copy)).collect();
    if wrong.is_empty() { Ok(Completion::Completed) } else { Err(wrong.join("\n").into()) }
}

/// Write the sources of a student's copy.
fn hand_in(one: &Expected, folder: &Path) -> Result<(), Failed> {
    let workspace = fs_err::canonicalize(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))?;
    fs_err::create_dir_all(folder)?;
    fs_err::copy(workspace.join("solutions/src/lib.rs"), folder.join("lib.rs"))?;
    let package = if matches!(one.work, Work::Fresh) { "exercises" } else { "solutions" };
    for file in sources::generate(&workspace)?.iter().filter(|file| file.path.starts_with(package)) {
        let name = file.path.file_name().unwrap_or_default();
        fs_err::write(folder.join(name), &file.text)?;
    }
    if matches!(one.work, Work::Main) {
        let students = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/students");
        let body = fs_err::read_to_string(students.join(one.student).with_extension("rs"))?;
        let body = body.replace("WORKSPACE", &workspace.display().to_string());
        let stage = fs_err::read_to_string(folder.join("stage.rs"))?;
        let stage = text::with_body(&stage, "main", &body).ok_or("stage.rs has no main")?;
        fs_err::write(folder.join("stage.rs"), stage)?;
    }
    Ok(())
}

fn could_not_run(class: &[Copy]) -> Option<String> {
    class.iter().flat_map(|copy| &copy.graded).find_map(|one| match &one.outcome {
        Outcome::CouldNotRun(reason) => Some(reason.clone()),
        _ => None,
    })
}

fn differs(one: &Expected, copy: &Copy) -> Option<String> {
    let all: u32 = EXERCISES.iter().map(|exercise| exercise.points).sum();
    let points: u32 = copy.graded.iter().map(tutor::report::Graded::points).sum();
    let as_expected = match (&copy.remark, one.remark) {
        (None, None) => true,
        (Some(found), Some((what, text))) => found.what == what && found.text.contains(text),
        _ => false,
    };
    let stubs = copy.graded.iter().filter(|graded| matches!(graded.outcome, Outcome::NotWritten)).count();
    let fresh = matches!(one.work, Work::Fresh);
    let points_as_expected = points == if one.all_points { all } else { 0 };
    let stubs_as_expected = stubs == if fresh { EXERCISES.len() } else { 0 };
    (!as_expected || !points_as_expected || !stubs_as_expected).then(|| {
        format!("{}: {points} points, {stubs} stubs, {:?}\n{:?}", copy.student, copy.remark, copy.graded)
    })
}

fn no_exercises() -> Result<Completion, Failed> {
    let folder = tempfile::tempdir()?;
    let words = [PathBuf::from("grade"), folder.path().to_owned()];
    let graded = grade::class(&Arguments::try_parse_from(words)?.grade)?;
    let remark = graded[0].remark.as_ref().ok_or("no remark")?;
    let said = (remark.what, remark.text.contains("there is no exercises/src with a stage.rs"));
    if said == ("was not taken", true) {
        Ok(Completion::Completed)
    } else {
        Err(format!("{remark:?}").into())
    }
}
