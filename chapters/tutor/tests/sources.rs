//! Stubs and solutions are what the chapters say, each stub is one, and a change on one side is noticed.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use checks::{Subject, harness};
use libtest_mimic::{Completion, Failed, Trial};
use tutor::{EXERCISES, Outcome, Student, sources};

fn main() -> ExitCode {
    harness::main_with(|| {
        vec![
            Trial::test("solutions_are_the_chapters_units", solutions_are_the_chapters_units),
            Trial::ignorable_test("exercises_are_the_stubs", exercises_are_the_stubs),
            Trial::test("each_exercise_begins_as_a_stub_that_says_so", each_exercise_begins_as_a_stub),
            Trial::test("one_word_on_one_side_is_noticed", one_word_on_one_side_is_noticed),
            Trial::test("reset_gives_the_stub_back", reset_gives_the_stub_back),
        ]
    })
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn drifted(package: &str) -> Result<Vec<PathBuf>, Failed> {
    let mut drifted = sources::drift(&workspace())?;
    drifted.retain(|path| path.starts_with(package));
    Ok(drifted)
}

const REMEDY: &str = "change the chapter's unit, then: cargo run -p tutor -- generate";

fn solutions_are_the_chapters_units() -> Result<(), Failed> {
    let drifted = drifted("solutions")?;
    if drifted.is_empty() { Ok(()) } else { Err(format!("{drifted:?} differ; {REMEDY}").into()) }
}

/// In a student's check-out the stubs are meant to change.
fn exercises_are_the_stubs() -> Result<Completion, Failed> {
    let drifted = drifted("exercises")?;
    if drifted.is_empty() {
        return Ok(Completion::Completed);
    }
    harness::could_not_run(&format!("somebody has worked on {drifted:?}; if it was not a student, {REMEDY}"))
}

/// As a fresh clone has them: made anew from the chapters, wherever this check-out stands.
fn fresh_copy() -> Result<tempfile::TempDir, Failed> {
    let folder = tempfile::tempdir()?;
    for file in sources::generate(&workspace())? {
        let path = folder.path().join(&file.path);
        fs_err::create_dir_all(path.parent().ok_or("every generated file is in a folder")?)?;
        fs_err::write(path, file.text)?;
    }
    copy_chapters(folder.path())?;
    Ok(folder)
}

fn copy_chapters(to: &Path) -> Result<(), Failed> {
    for entry in fs_err::read_dir(workspace().join("chapters"))? {
        let entry = entry?;
        let source = entry.path().join("src");
        if !source.join("stage.rs").exists() {
            continue;
        }
        let target = to.join("chapters").join(entry.file_name()).join("src");
        fs_err::create_dir_all(&target)?;
        for file in fs_err::read_dir(source)? {
            let file = file?;
            if file.path().is_dir() {
                continue; // tests in sub-modules are no part of a student's runtime
            }
            fs_err::copy(file.path(), target.join(file.file_name()))?;
        }
    }
    Ok(())
}

fn each_exercise_begins_as_a_stub() -> Result<(), Failed> {
    let folder = fresh_copy()?;
    let student = |package: &str| Student {
        subject: Subject::Bare, // it is never called: a stub is seen in its source
        sources: Some(folder.path().join(package).join("src")),
    };
    for exercise in EXERCISES {
        if !matches!(tutor::judge(exercise, &student("exercises")), Outcome::NotWritten) {
            return Err(format!("the stub of {} does not say that it is one", exercise.id).into());
        }
        if student("solutions").is_stub(exercise) {
            return Err(format!("the solution of {} says that it is a stub", exercise.id).into());
        }
    }
    Ok(())
}

/// The drift check on a workspace of its own, in which one word is changed by hand.
fn one_word_on_one_side_is_noticed() -> Result<(), Failed> {
    for (file, word, other) in [
        ("solutions/src/mounts.rs", "MS_PRIVATE", "MS_SLAVE"),
        ("exercises/src/mounts.rs", "both directions", "one direction"),
        ("exercises/src/stage.rs", "parent.expect", "parent.tell"),
        ("chapters/ch04-mount-namespace/src/mounts.rs", "MS_NOEXEC", "MS_NODEV"),
        ("solutions/src/extend.rs", "as in Podman", "as in Docker"),
    ] {
        let copy = fresh_copy()?;
        if !sources::drift(copy.path())?.is_empty() {
            return Err("a fresh copy differs from itself".into());
        }
        let path = copy.path().join(file);
        let text = fs_err::read_to_string(&path)?;
        if !text.contains(word) {
            return Err(format!("{file} has no word {word:?} to change").into());
        }
        fs_err::write(&path, text.replace(word, other))?;
        if sources::drift(copy.path())?.is_empty() {
            return Err(format!("{word:?} became {other:?} in {file}, and nobody noticed").into());
        }
    }
    Ok(())
}

fn reset_gives_the_stub_back() -> Result<(), Failed> {
    let files = sources::generate(&workspace())?;
    let find = |package: &str, file: &str| {
        let path = Path::new(package).join("src").join(file);
        files.iter().find(|generated| generated.path == path).map(|generated| generated.text.clone())
    };
    for file in ["mounts.rs", "hostname.rs", "profile.rs", "extend.rs", "stage.rs"] {
        let mut text = find("solutions", file).ok_or("a generated file")?;
        for exercise in EXERCISES {
            text = sources::reset(&text, file, exercise)?;
        }
        if Some(&text) != find("exercises", file).as_ref() {
            return Err(format!("all exercises reset, and {file} is not the stub: {text}").into());
        }
    }
    Ok(())
}
