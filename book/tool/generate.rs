//! `generate`: what the pages include and nobody writes by hand, in `book/generated`, the recordings for the player, in
//! `book/src/demos`, and the messages that translators have to translate, in `book/po`.
//!
//! The files are committed, so that a stock `mdbook build book` needs no program of ours.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use clap::Args;
use mdbook_driver::errors::{Error, Result};

use crate::{build, contents, demos, diffs, ladder, po, quiz};

const EXAMPLES: &str = "\
Examples:
  cargo run -p book -- generate           after a change of a page, a quiz, a stage, a demo, the tracks or the ladder
  cargo run -p book -- generate --check   only say what differs";

/// Write the quizzes, the diffs of the stages, the contents, the demos and the ladder for the pages, and the catalogs of their translations
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Generate {
    /// Write nothing; say what differs, and fail if something does
    #[arg(long)]
    check: bool,
}

impl Generate {
    /// Write, or compare.
    pub fn run(self) -> Result<()> {
        if self.check {
            return check(build::workspace());
        }
        for file in write(build::workspace())? {
            anstream::println!("Written: {}", file.display());
        }
        Ok(())
    }
}

/// Files by their path in a folder where nothing else is.
pub type Files = BTreeMap<PathBuf, String>;

/// Fail when the committed files are not what would be written now, or the data is wrong.
pub fn check(workspace: &Path) -> Result<()> {
    let mut list = String::new();
    for (folder, wanted) in everything(workspace)? {
        let different = different(&workspace.join(folder), &wanted);
        list.extend(different.iter().map(|file| format!("\n  {folder}/{}", file.display())));
    }
    list.extend(stale_catalogs(workspace)?.iter().map(|(file, _)| format!("\n  {}", file.display())));
    if list.is_empty() {
        return Ok(());
    }
    Err(Error::msg(format!("out of date:{list}\nwrite it anew: cargo run -p book -- generate")))
}

/// Bring the files up to date; returns those that were not.
pub fn write(workspace: &Path) -> Result<Vec<PathBuf>> {
    let mut written = Vec::new();
    for (folder, wanted) in everything(workspace)? {
        let dir = workspace.join(folder);
        for file in different(&dir, &wanted) {
            bring_up_to_date(&dir.join(&file), wanted.get(&file))?;
            written.push(Path::new(folder).join(file));
        }
    }
    // After the quizzes, whose text they hold.
    for (file, text) in stale_catalogs(workspace)? {
        fs_err::write(workspace.join(&file), text)?;
        written.push(file);
    }
    Ok(written)
}

/// The catalogs that lack a message or have one too many, as they should be.
fn stale_catalogs(workspace: &Path) -> Result<Vec<(PathBuf, String)>> {
    let mut catalogs = po::everything(workspace)?;
    let is = |file: &PathBuf| fs_err::read_to_string(workspace.join(file)).unwrap_or_default();
    catalogs.retain(|(file, wanted)| is(file) != *wanted);
    Ok(catalogs)
}

fn bring_up_to_date(path: &Path, wanted: Option<&String>) -> Result<()> {
    let Some(text) = wanted else {
        return Ok(fs_err::remove_file(path)?); // nothing makes it any more
    };
    fs_err::create_dir_all(path.parent().unwrap_or(path))?;
    Ok(fs_err::write(path, text)?)
}

/// All the files there should be, by folder. Whoever makes one of them looks at its data first.
fn everything(workspace: &Path) -> Result<[(&'static str, Files); 2]> {
    let mut files = Files::new();
    files.extend(quiz::fragments(workspace)?);
    files.extend(diffs::of_stages(workspace)?);
    files.extend(demos::fragments(workspace)?);
    files.insert("contents.md".into(), contents::page(workspace)?);
    files.insert("tracks.md".into(), contents::side_by_side(workspace)?);
    files.insert("ladder.md".into(), ladder::page(workspace)?);
    Ok([("book/generated", files), ("book/src/demos", demos::recordings(workspace)?)])
}

fn different(dir: &Path, wanted: &Files) -> Vec<PathBuf> {
    let there = files_below(dir, Path::new(""));
    let stale = there.iter().filter(|file| !wanted.contains_key(*file));
    let new_or_other = wanted
        .iter()
        .filter(|(file, text)| fs_err::read_to_string(dir.join(file)).ok().as_ref() != Some(text))
        .map(|(file, _)| file);
    stale.chain(new_or_other).cloned().collect()
}

/// The files below a directory, by their path from `dir`. One that is not there has none.
fn files_below(dir: &Path, inner: &Path) -> Vec<PathBuf> {
    let entries = fs_err::read_dir(dir.join(inner)).into_iter().flatten().flatten();
    entries
        .flat_map(|entry| {
            let path = inner.join(entry.file_name());
            if entry.path().is_dir() { files_below(dir, &path) } else { vec![path] }
        })
        .collect()
}

/// The pages of the chapters: `ch01` and `ch01-process.md`, in their order.
pub fn chapters(workspace: &Path) -> Result<Vec<(String, String)>> {
    let mut pages = Vec::new();
    for entry in fs_err::read_dir(workspace.join("book/src"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let stem = name.strip_suffix(".md").and_then(|stem| stem.strip_prefix("ch"));
        if let Some((number, _)) = stem.and_then(|stem| stem.split_once('-')) {
            pages.push((format!("ch{number}"), name));
        }
    }
    pages.sort();
    Ok(pages)
}

/// Attributes with what a script says to readers.
pub fn words(words: &[(&str, &str)]) -> String {
    words.iter().map(|(name, text)| format!("\n data-text-{name}=\"{text}\"")).collect()
}

/// An error with one line for each thing that is wrong with `file`; none when there is none.
pub fn refuse(file: &str, wrong: &[String]) -> Result<()> {
    let lines: Vec<String> = wrong.iter().map(|line| format!("{file}: {line}")).collect();
    if lines.is_empty() { Ok(()) } else { Err(Error::msg(lines.join("\n"))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_different_and_stale_files_are_found() -> std::io::Result<()> {
        let dir = tempfile::tempdir()?;
        fs_err::create_dir_all(dir.path().join("diffs"))?;
        fs_err::write(dir.path().join("diffs/ch02.diff"), "+ a line")?;
        fs_err::write(dir.path().join("contents.md"), "as before")?;
        fs_err::write(dir.path().join("same.md"), "same")?;
        let wanted = [("contents.md", "changed"), ("new.md", ""), ("same.md", "same")];
        let wanted: Files = wanted.map(|(file, text)| (file.into(), text.into())).into();

        let found = different(dir.path(), &wanted);
        assert_eq!(found, ["diffs/ch02.diff", "contents.md", "new.md"].map(PathBuf::from));
        Ok(())
    }

    #[test]
    fn every_thing_that_is_wrong_has_its_line() {
        let error = refuse("ch01.toml", &["one".into(), "two".into()]).expect_err("two things are wrong");
        assert_eq!(error.to_string(), "ch01.toml: one\nch01.toml: two");
        assert!(refuse("ch01.toml", &[]).is_ok());
    }
}
