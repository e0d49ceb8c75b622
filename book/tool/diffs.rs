//! What a stage gained over the one before, from the two files.

use std::path::{Path, PathBuf};

use mdbook_driver::errors::{Error, Result};
use similar::TextDiff;

use crate::generate::Files;

/// Lines that stay the same and are shown around a change: enough to see between which steps a new one stands.
const CONTEXT: usize = 4;

/// `diffs/chNN.diff` for each stage but the first.
pub fn of_stages(workspace: &Path) -> Result<Files> {
    let stages = stages(workspace)?;
    let pairs = stages.iter().zip(stages.iter().skip(1));
    pairs.map(|(before, after)| Ok((name(after)?, unified(before, after)))).collect()
}

/// A stage: its file in the workspace, and the part of it that the page shows.
struct Stage {
    file: String,
    text: String,
}

/// The stages in the order of the chapters.
fn stages(workspace: &Path) -> Result<Vec<Stage>> {
    let mut files = Vec::new();
    for entry in fs_err::read_dir(workspace.join("chapters"))? {
        let file = format!("chapters/{}/src/stage.rs", entry?.file_name().display());
        if file.starts_with("chapters/ch") && workspace.join(&file).is_file() {
            files.push(file);
        }
    }
    files.sort();
    files.retain(|file| file["chapters/ch".len()..].starts_with(|digit: char| digit.is_ascii_digit()));
    files.into_iter().map(|file| read(workspace, file)).collect()
}

fn read(workspace: &Path, file: String) -> Result<Stage> {
    let text = fs_err::read_to_string(workspace.join(&file))?;
    let text = shown(&text).ok_or_else(|| Error::msg(format!("{file}: no part `ANCHOR: stage`")))?;
    Ok(Stage { file, text })
}

/// The lines between the two marks of mdBook.
fn shown(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("// ANCHOR: stage\n")?;
    Some(rest.split_once("// ANCHOR_END: stage")?.0.into())
}

/// `chapters/ch02-hostname/src/stage.rs` has its diff in `diffs/ch02.diff`.
fn name(stage: &Stage) -> Result<PathBuf> {
    let chapter = stage.file.split(['/', '-']).nth(1);
    let chapter = chapter.ok_or_else(|| Error::msg(format!("{}: no chapter in its path", stage.file)))?;
    Ok(format!("diffs/{chapter}.diff").into())
}

fn unified(before: &Stage, after: &Stage) -> String {
    let diff = TextDiff::from_lines(&before.text, &after.text);
    diff.unified_diff().context_radius(CONTEXT).header(&before.file, &after.file).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_page_shows_is_compared() {
        let text = "use a;\n// ANCHOR: stage\nfn parent() {}\n// ANCHOR_END: stage\nfn rest() {}\n";
        assert_eq!(shown(text).as_deref(), Some("fn parent() {}\n"));
        assert_eq!(shown("fn parent() {}\n"), None);
    }

    #[test]
    fn a_diff_names_both_stages_and_what_was_gained() -> Result<()> {
        let stage = |number: u8, text: &str| Stage {
            file: format!("chapters/ch0{number}-name/src/stage.rs"),
            text: text.into(),
        };
        let after = stage(2, "one();\ntwo();\n");
        assert_eq!(name(&after)?, Path::new("diffs/ch02.diff"));
        let diff = unified(&stage(1, "one();\n"), &after);
        assert_eq!(
            diff,
            "--- chapters/ch01-name/src/stage.rs\n+++ chapters/ch02-name/src/stage.rs\n@@ -1 +1,2 @@\n one();\n+two();\n"
        );
        Ok(())
    }
}
