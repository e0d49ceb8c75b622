//! The workshop: where students' copies are compiled.
//!
//! Dependencies are compiled once, by cargo, as those of the instructor's own `solutions`. A student's crate
//! then costs two calls of rustc, in a cell: no cargo, no build script, no manifest of theirs. What rustc
//! does read of theirs (`include!`, `#[path]`, `env!`) it looks for in the cell, where there is nothing.

use std::{
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use sys::Result;
use tempfile::TempDir;

use super::{
    cargo,
    cell::Cell,
    ended::{Ended, How},
};

/// The instructor's own package, with the dependencies of a student's.
const OURS: &str = "solutions";
/// The most memory that rustc may map.
const MEMORY: u64 = 4 << 30;

/// The `main` of every copy.
const MAIN: &str =
    "fn main() -> std::process::ExitCode {\n    exercises::stage::main(std::env::args_os().collect())\n}\n";

/// Everything that copies are built with.
pub(super) struct Workshop {
    /// A folder for all that is made here; gone when the workshop is.
    pub(super) folder: TempDir,
    sysroot: PathBuf,
    crates: PathBuf,
    externs: Vec<String>,
}

/// What became of a copy.
pub(super) enum Built {
    /// The program.
    Program(PathBuf),
    /// What the compiler said.
    DoesNotCompile(String),
    /// The compiler did not come to an end.
    Late,
    /// Nothing can be built here, and why.
    CouldNotRun(String),
}

impl Workshop {
    /// Compile the dependencies of `solutions` in `workspace`, and lay them out without the solutions.
    pub(super) fn open(workspace: &Path) -> Result<Workshop> {
        let metadata = cargo::metadata(workspace)?;
        fs_err::create_dir_all(&metadata.target_directory)?;
        let folder = tempfile::Builder::new().prefix("grade-").tempdir_in(&metadata.target_directory)?;
        let crates = folder.path().join("crates");
        fs_err::create_dir(&crates)?;
        let names = metadata.dependencies(OURS);
        let mut externs = Vec::new();
        for (name, file) in cargo::build(workspace, OURS)? {
            let copy = crates.join(file.file_name().unwrap_or_default());
            fs_err::hard_link(&file, &copy).or_else(|_| fs_err::copy(&file, &copy).map(drop))?;
            if names.contains(&name) {
                externs.push(format!("{name}={}", copy.display()));
            }
        }
        let sysroot =
            cargo::output(Command::new("rustc").args(["--print", "sysroot"]).current_dir(workspace))?;
        Ok(Workshop { folder, sysroot: sysroot.trim().into(), crates, externs })
    }

    /// Build the copy in `bench`: its sources are in `src`, the program comes to be in `out`.
    pub(super) fn build(&self, bench: &Path, limit: Duration) -> Result<Built> {
        fs_err::write(bench.join("main.rs"), MAIN)?;
        fs_err::create_dir(bench.join("out"))?;
        let library = self
            .rustc(bench, &["--crate-name=exercises", "--crate-type=lib"], "src/lib.rs")
            .run_in_groups(limit)?;
        if let Some(failed) = failed(&library) {
            return Ok(failed);
        }
        let library = format!("--extern=exercises={}", bench.join("out/libexercises.rlib").display());
        let program = self
            .rustc(bench, &["--crate-name=student", "--crate-type=bin", &library], "main.rs")
            .run_in_groups(limit)?;
        if let Some(failed) = failed(&program) {
            return Ok(failed);
        }
        let program = bench.join("out/student");
        fs_err::set_permissions(&program, PermissionsExt::from_mode(0o755))?; // whoever runs it is nobody
        Ok(Built::Program(program))
    }

    fn rustc(&self, bench: &Path, what: &[&str], source: &str) -> Cell {
        let mut command = vec![self.sysroot.join("bin/rustc")];
        command.extend(what.iter().map(PathBuf::from));
        command.extend(["--edition=2024", "-Awarnings", "--color=never"].map(PathBuf::from));
        command.push(format!("-Ldependency={}", self.crates.display()).into());
        command.extend(self.externs.iter().map(|library| format!("--extern={library}").into()));
        command.push(format!("--out-dir={}", bench.join("out").display()).into());
        command.push(bench.join(source));
        Cell {
            root: bench.join("root"),
            visible: vec![
                self.sysroot.clone(),
                self.crates.clone(),
                bench.join("src"),
                bench.join("main.rs"),
            ],
            writable: Some(bench.join("out")),
            memory: Some(MEMORY),
            groups: Default::default(),
            untrusted: false, // none of it runs
            command,
        }
    }
}

/// What went wrong with a call of rustc, if something did.
fn failed(rustc: &Ended) -> Option<Built> {
    match rustc.how {
        How::Code(0) => None,
        How::Late => Some(Built::Late),
        How::Broken => Some(Built::CouldNotRun(format!("the cell cannot be built: {}", rustc.stderr.trim()))),
        How::Code(_) | How::Killed => Some(Built::DoesNotCompile(first_error(&rustc.stderr))),
    }
}

/// The first error and what belongs to it.
fn first_error(said: &str) -> String {
    let start = said.lines().position(|line| line.starts_with("error")).unwrap_or_default();
    let lines: Vec<&str> = said.lines().skip(start).take_while(|line| !line.is_empty()).take(20).collect();
    if lines.is_empty() { "the compiler was killed: too much memory?".to_owned() } else { lines.join("\n") }
}
