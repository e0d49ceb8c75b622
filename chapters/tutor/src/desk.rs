//! The student's desk: which hints were given, and what was on a stub before it was reset.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use sys::{Error, Result};

use crate::{Exercise, sources};

/// The student's package, and a folder of our own in it that git ignores.
pub struct Desk {
    sources: PathBuf,
    drawer: PathBuf,
}

/// A file that was written anew.
pub struct Kept {
    /// Its name in `src`.
    pub file: String,
    /// Where its former text is.
    pub copy: PathBuf,
}

impl Desk {
    /// The desk of the package in `folder`.
    pub fn new(folder: impl AsRef<Path>) -> Desk {
        let folder = folder.as_ref();
        Desk { sources: folder.join("src"), drawer: folder.join(".tutor") }
    }

    /// How many hints for exercise `id` were given.
    pub fn hints_given(&self, id: &str) -> usize {
        self.hints().get(id).copied().unwrap_or_default()
    }

    /// Remember that `given` hints for exercise `id` were given.
    pub fn remember_hints(&self, id: &str, given: usize) -> Result<()> {
        let mut hints = self.hints();
        hints.insert(id.to_owned(), given);
        fs_err::create_dir_all(&self.drawer)?;
        let text = serde_json::to_string_pretty(&hints).map_err(|error| Error::new(error.to_string()))?;
        Ok(fs_err::write(self.drawer.join("hints.json"), text)?)
    }

    fn hints(&self) -> BTreeMap<String, usize> {
        // Nothing given yet, or a file that somebody edited: begin again.
        let text = fs_err::read_to_string(self.drawer.join("hints.json")).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// Put the stubs of `exercise` back, and take its lines out of the stage. Copies are kept.
    pub fn reset(&self, exercise: &Exercise) -> Result<Vec<Kept>> {
        let mut files: Vec<&'static str> = exercise.parts.iter().map(crate::Part::file).collect();
        files.push("stage.rs");
        files.dedup();
        let mut kept = Vec::new();
        for file in files {
            let text = fs_err::read_to_string(self.sources.join(file))?;
            let stub = sources::reset(&text, file, exercise)?;
            kept.extend(self.overwrite(file, &stub)?);
        }
        if kept.is_empty() {
            let remedy = "If something is wrong in its files, it is outside of the exercise: `git diff exercises` shows it.";
            return Err(Error::new(format!("exercise {} is as it was given", exercise.id)).remedy(remedy));
        }
        Ok(kept)
    }

    /// Write `text` to `file` in `src`. What was there is kept in the drawer, if it was something else.
    pub fn overwrite(&self, file: &str, text: &str) -> Result<Option<Kept>> {
        let path = self.sources.join(file);
        let kept = match fs_err::read(&path) {
            Ok(former) if former == text.as_bytes() => return Ok(None),
            Ok(former) => Some(self.keep(file, &former)?),
            Err(_) => None, // there is nothing that could be lost
        };
        fs_err::write(path, text)?;
        Ok(kept)
    }

    fn keep(&self, file: &str, former: &[u8]) -> Result<Kept> {
        fs_err::create_dir_all(&self.drawer)?;
        let named = |number: u64| self.drawer.join(format!("{file}.{number}"));
        let mut number = seconds();
        while named(number).exists() {
            number += 1; // two in one second: the first is not the one to lose
        }
        let copy = named(number);
        fs_err::write(&copy, former)?;
        Ok(Kept { file: file.to_owned(), copy })
    }
}

fn seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map(|since| since.as_secs()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_overwritten_is_kept_each_time() {
        let folder = tempfile::tempdir().unwrap();
        fs_err::create_dir(folder.path().join("src")).unwrap();
        let desk = Desk::new(folder.path());
        assert!(desk.overwrite("a.rs", "first").unwrap().is_none(), "nothing was there");
        assert!(desk.overwrite("a.rs", "first").unwrap().is_none(), "it was the same");
        for (former, text) in [("first", "second"), ("second", "third")] {
            let kept = desk.overwrite("a.rs", text).unwrap().unwrap();
            assert_eq!(fs_err::read_to_string(kept.copy).unwrap(), former);
        }
        assert_eq!(fs_err::read_to_string(folder.path().join("src/a.rs")).unwrap(), "third");
        assert_eq!(fs_err::read_dir(folder.path().join(".tutor")).unwrap().count(), 2);
    }
}
