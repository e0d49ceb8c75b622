//! What cargo says about the instructor's own packages. Source: The Cargo Book, "External tools".

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde::Deserialize;
use sys::{Error, Result};

#[derive(Deserialize)]
pub(super) struct Metadata {
    packages: Vec<Package>,
    pub(super) target_directory: PathBuf,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    kind: Option<String>,
}

/// A line of `cargo build --message-format=json`.
#[derive(Deserialize)]
struct Message {
    target: Option<Target>,
    #[serde(default)]
    filenames: Vec<PathBuf>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

/// The workspace's packages, and where it is built.
pub(super) fn metadata(workspace: &Path) -> Result<Metadata> {
    from_json(&cargo(workspace, &["metadata", "--no-deps", "--format-version=1", "--locked"])?)
}

impl Metadata {
    /// The names of the crates that `package` uses.
    pub(super) fn dependencies(&self, package: &str) -> Vec<String> {
        let found = self.packages.iter().filter(|found| found.name == package);
        let normal =
            found.flat_map(|found| &found.dependencies).filter(|dependency| dependency.kind.is_none());
        normal.map(|dependency| dependency.name.replace('-', "_")).collect()
    }
}

/// Build what `package` needs; the name of each crate, and the files that others are compiled with.
pub(super) fn build(workspace: &Path, package: &str) -> Result<Vec<(String, PathBuf)>> {
    let arguments = ["build", "--locked", "--lib", "--message-format=json", "--package", package];
    let mut found = Vec::new();
    for line in cargo(workspace, &arguments)?.lines() {
        let Message { target: Some(target), filenames } = from_json(line)? else { continue };
        if target.name == package || target.kind.iter().any(|kind| kind == "custom-build") {
            continue;
        }
        let library = |file: &PathBuf| file.extension().is_some_and(|end| end == "rlib" || end == "so");
        found.extend(filenames.into_iter().filter(library).map(|file| (target.name.clone(), file)));
    }
    Ok(found)
}

fn cargo(workspace: &Path, arguments: &[&str]) -> Result<String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    output(Command::new(cargo).args(arguments).current_dir(workspace))
}

/// What the instructor's own `command` prints; it must succeed.
pub(super) fn output(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(Error::new(format!("{command:?}: {}", output.status))
            .remedy("The instructor's own check-out must build: cargo build -p solutions."));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn from_json<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T> {
    serde_json::from_str(text)
        .map_err(|error| Error::new(format!("cargo said what we do not understand: {error}")))
}
