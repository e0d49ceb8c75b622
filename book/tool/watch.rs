//! What the pages come from, and whether it has changed.
//!
//! Looking at a few hundred files twice a second costs next to nothing and works everywhere; inotify(7)
//! is silent on the shared folders of WSL2 and of virtual machines.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::SystemTime,
};

/// The chapters and the finished runtime hold the listings and the snapshots.
const SOURCES: [&str; 11] = [
    "book/book.toml",
    "book/demos",
    "book/ladder.json",
    "book/pictures",
    "book/po",
    "book/quizzes",
    "book/src",
    "book/theme",
    "book/tracks.toml",
    "chapters",
    "minicontainer",
];

/// Time of last change and length of each file, by its path in the workspace.
#[derive(PartialEq)]
pub struct Stamps(BTreeMap<PathBuf, (SystemTime, u64)>);

impl Stamps {
    /// Look at all sources of the book in this workspace.
    pub fn take(workspace: &Path) -> Stamps {
        let mut stamps = BTreeMap::new();
        for source in SOURCES {
            collect(workspace, Path::new(source), &mut stamps);
        }
        Stamps(stamps)
    }

    /// The first file that is new, gone or different.
    pub fn changed_since<'a>(&'a self, before: &'a Stamps) -> Option<&'a Path> {
        let new_or_different = self.0.iter().find(|&(file, stamp)| before.0.get(file) != Some(stamp));
        let gone = || before.0.iter().find(|(file, _)| !self.0.contains_key(*file));
        new_or_different.or_else(gone).map(|(file, _)| file.as_path())
    }
}

/// A file that cannot be looked at counts as gone: editors replace files while we look.
fn collect(workspace: &Path, path: &Path, stamps: &mut BTreeMap<PathBuf, (SystemTime, u64)>) {
    let full = workspace.join(path);
    let Ok(metadata) = fs_err::symlink_metadata(&full) else { return };
    if metadata.is_dir() {
        for entry in fs_err::read_dir(&full).into_iter().flatten().flatten() {
            collect(workspace, &path.join(entry.file_name()), stamps);
        }
    } else if let Ok(modified) = metadata.modified() {
        stamps.insert(path.to_path_buf(), (modified, metadata.len()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_a_different_and_a_missing_file_are_changes() -> std::io::Result<()> {
        let workspace = tempfile::tempdir()?;
        let source = Path::new("chapters/ch01/src/lib.rs");
        let file = workspace.path().join(source);
        fs_err::create_dir_all(workspace.path().join("chapters/ch01/src"))?;
        let empty = Stamps::take(workspace.path());

        fs_err::write(&file, "one")?;
        let one = Stamps::take(workspace.path());
        assert_eq!(one.changed_since(&empty), Some(source));

        fs_err::write(&file, "three")?;
        let three = Stamps::take(workspace.path());
        assert_eq!(three.changed_since(&one), Some(source));
        assert_eq!(three.changed_since(&three), None);

        fs_err::remove_file(&file)?;
        assert_eq!(Stamps::take(workspace.path()).changed_since(&three), Some(source));
        Ok(())
    }

    #[test]
    fn what_the_build_writes_does_not_count() -> std::io::Result<()> {
        let workspace = tempfile::tempdir()?;
        let before = Stamps::take(workspace.path());
        fs_err::create_dir_all(workspace.path().join("book/out"))?;
        fs_err::write(workspace.path().join("book/out/index.html"), "built")?;
        assert_eq!(Stamps::take(workspace.path()).changed_since(&before), None);
        Ok(())
    }
}
