//! Students' copies: where their sources are, and which of them are taken.
//!
//! Only the `.rs` and `.json` files directly in `exercises/src` are theirs. Tests, manifests, build scripts, fixtures,
//! `.cargo` and everything else come from the instructor's check-out, and so does `main.rs`.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use sys::{Error, Result};

/// The largest source file that is taken, in bytes.
const LARGEST: u64 = 1 << 20;
/// The most files that are taken.
const MOST: usize = 100;

/// The names by which the class table calls `folders`: the last part, or all of it where two have the same.
pub(super) fn names(folders: &[PathBuf]) -> Vec<String> {
    let short = |folder: &PathBuf| {
        let whole = fs_err::canonicalize(folder).unwrap_or_else(|_| folder.clone());
        whole.file_name().unwrap_or(whole.as_os_str()).to_string_lossy().into_owned()
    };
    let mut seen = BTreeMap::new();
    for folder in folders {
        *seen.entry(short(folder)).or_insert(0) += 1;
    }
    let name = |folder: &PathBuf| {
        if seen[&short(folder)] > 1 { folder.display().to_string() } else { short(folder) }
    };
    folders.iter().map(name).collect()
}

/// Copy the sources of the check-out `folder` into `target`.
pub(super) fn take(folder: &Path, target: &Path) -> Result<()> {
    let sources = find(folder)?;
    fs_err::create_dir_all(target)?;
    let mut taken = 0;
    for entry in fs_err::read_dir(&sources)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default();
        let is_source = path.extension().is_some_and(|extension| extension == "rs" || extension == "json");
        if !is_source || name == "main.rs" {
            continue;
        }
        check(&path)?;
        taken += 1;
        if taken > MOST {
            return Err(Error::new(format!("{}: more than {MOST} source files", sources.display())));
        }
        fs_err::write(target.join(name), fs_err::read(&path)?)?; // not their mode, not their links
    }
    Ok(())
}

/// `exercises/src` of a workspace, or `src` of the package alone.
fn find(folder: &Path) -> Result<PathBuf> {
    for parts in [&["exercises", "src"][..], &["src"]] {
        let mut path = folder.to_owned();
        // Neither part may be a link: it could lead to somebody else's answers.
        let real = parts.iter().all(|part| {
            path.push(part);
            path.symlink_metadata().is_ok_and(|found| found.is_dir())
        });
        if real && path.join("stage.rs").symlink_metadata().is_ok() {
            return Ok(path);
        }
    }
    Err(Error::new(format!("{}: there is no exercises/src with a stage.rs in it", folder.display()))
        .remedy("Give the student's workspace, or the package `exercises` alone."))
}

fn check(file: &Path) -> Result<()> {
    let found = fs_err::symlink_metadata(file)?;
    if !found.is_file() {
        return Err(Error::new(format!("{}: not a regular file; links are not followed", file.display())));
    }
    if found.len() > LARGEST {
        return Err(Error::new(format!("{}: {} bytes, more than {LARGEST}", file.display(), found.len())));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_and_giants_are_refused() {
        let class = tempfile::tempdir().unwrap();
        let student = class.path().join("student/exercises/src");
        fs_err::create_dir_all(&student).unwrap();
        let take = || take(&class.path().join("student"), &class.path().join("taken"));
        assert!(take().unwrap_err().to_string().contains("there is no exercises/src"));
        for name in ["stage.rs", "main.rs", "build.sh"] {
            fs_err::write(student.join(name), "").unwrap();
        }
        take().unwrap();
        let taken: Vec<_> = fs_err::read_dir(class.path().join("taken")).unwrap().collect();
        assert_eq!(taken.len(), 1);
        fs_err::os::unix::fs::symlink("/etc/passwd", student.join("mounts.rs")).unwrap();
        assert!(take().unwrap_err().to_string().contains("links are not followed"));
        fs_err::remove_file(student.join("mounts.rs")).unwrap();
        fs_err::write(student.join("mounts.rs"), vec![b' '; (1 << 20) + 1]).unwrap();
        assert!(take().unwrap_err().to_string().contains("more than 1048576"));
    }

    #[test]
    fn two_of_the_same_name_are_told_apart() {
        let folders = ["/a/anna", "/b/kit", "/c/kit"].map(PathBuf::from);
        assert_eq!(names(&folders), ["anna", "/b/kit", "/c/kit"]);
    }
}
