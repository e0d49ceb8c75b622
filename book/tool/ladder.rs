//! The ladder as a table of HTML, from `book/ladder.json`: what `minicontainer ladder --json` printed to root (`just ladder`).
//!
//! The table is complete as it is; what was observed is each mark's title. Where there is JavaScript, `book/theme/ladder.js`
//! puts a slider above it.

use std::path::Path;

use mdbook_driver::errors::{Error, Result};
use serde::Deserialize;

use crate::generate;

const FILE: &str = "book/ladder.json";

/// What `ladder.js` says, for it to read: here it is translated with the rest of the page.
const WORDS: [(&str, &str); 9] = [
    ("runtime", "Runtime"),
    ("show", "Show"),
    ("all", "all rows"),
    ("check", "checks only"),
    ("attack", "attacks only"),
    ("after", "After {chapter}"),
    ("bare", "No runtime at all"),
    ("finished", "minicontainer, finished"),
    ("count", "{closed} of {all} closed"),
];

/// The whole table.
#[derive(Deserialize)]
struct Ladder {
    subjects: Vec<String>,
    rows: Vec<Row>,
}

/// A check or an attack, with a verdict for each subject.
#[derive(Deserialize)]
struct Row {
    kind: String,
    chapter: u8,
    text: String,
    cells: Vec<Cell>,
}

/// A verdict: `observed` where something could be seen, `reason` where not.
#[derive(Deserialize)]
struct Cell {
    verdict: String,
    observed: Option<String>,
    reason: Option<String>,
    known: Option<String>,
}

impl Cell {
    /// How it looks, and what that means.
    fn mark(&self) -> (char, &'static str) {
        match self.verdict.as_str() {
            "passed" => ('✓', "yes"),
            "failed" => ('✗', "no"),
            "could_not_run" => ('?', "could not run"),
            _ => ('–', "does not apply"),
        }
    }

    fn said(&self) -> String {
        let said = [&self.observed, &self.reason, &self.known].into_iter().flatten();
        let said = said.map(|said| said.lines().collect::<Vec<_>>().join("; ")).collect::<Vec<_>>();
        shortened(&said.join(". "))
    }
}

/// Some observations are lists of pages. The beginning tells enough; `--details` has all of it.
fn shortened(text: &str) -> String {
    const ENOUGH: usize = 240;
    let Some((end, _)) = text.char_indices().nth(ENOUGH) else {
        return text.to_owned();
    };
    let whole_words = text[..end].rfind(' ').unwrap_or(end);
    format!("{} …", &text[..whole_words])
}

/// The table for the page.
pub fn page(workspace: &Path) -> Result<String> {
    let text = fs_err::read_to_string(workspace.join(FILE))?;
    let ladder: Ladder =
        serde_json::from_str(&text).map_err(|error| Error::msg(format!("{FILE}: {error}")))?;
    let mut groups = String::new();
    for (number, (_, page)) in (1..).zip(generate::chapters(workspace)?) {
        let markdown = fs_err::read_to_string(workspace.join("book/src").join(&page))?;
        let title = markdown.lines().next().unwrap_or_default().trim_start_matches("# ");
        groups += &group(&ladder, number, &page, title);
    }
    Ok(format!(
        "<div class=\"ladder\"{}>\n<table>\n<caption>What each runtime shows, and which attacks it stops</caption>\n\
         {}{groups}</table>\n</div>\n",
        generate::words(&WORDS),
        head(&ladder.subjects)
    ))
}

fn head(subjects: &[String]) -> String {
    let columns = subjects.iter().map(|subject| {
        let name = subject.strip_prefix("stage ").unwrap_or(subject);
        format!("<th scope=\"col\" data-subject=\"{subject}\"><span>{name}</span></th>\n")
    });
    let columns: String = columns.collect();
    format!("<thead>\n<tr>\n<th scope=\"col\">check or attack</th>\n{columns}</tr>\n</thead>\n")
}

/// The rows of a chapter: its checks, and then its attacks.
fn group(ladder: &Ladder, chapter: u8, page: &str, title: &str) -> String {
    let rows: String = ladder.rows.iter().filter(|row| row.chapter == chapter).map(line).collect();
    let width = ladder.subjects.len() + 1;
    format!(
        "<tbody>\n<tr class=\"chapter\"><th scope=\"rowgroup\" colspan=\"{width}\">\
         <a href=\"{page}\">Chapter {chapter}: {title}</a></th></tr>\n{rows}</tbody>\n"
    )
}

fn line(row: &Row) -> String {
    let cells: String = row.cells.iter().map(cell).collect();
    let attack = if row.kind == "attack" { "<span class=\"kind\">attack</span> " } else { "" };
    format!(
        "<tr data-kind=\"{}\"><th scope=\"row\">{attack}{}</th>\n{cells}</tr>\n",
        row.kind,
        escaped(&row.text)
    )
}

fn cell(cell: &Cell) -> String {
    let ((mark, meaning), said) = (cell.mark(), escaped(&cell.said()));
    let verdict = &cell.verdict;
    format!(
        "<td class=\"{verdict}\" title=\"{said}\"><span role=\"img\" aria-label=\"{meaning}\">{mark}</span></td>\n"
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_observation_ends_with_a_whole_word() {
        let long = "word ".repeat(100);
        let short = shortened(&long);
        assert!(short.ends_with(" word …") && short.chars().count() < 250, "{short}");
        assert_eq!(shortened("short"), "short");
    }

    #[test]
    fn a_cell_says_in_words_what_it_shows() {
        let cell_of = Cell {
            verdict: "failed".into(),
            observed: Some("kill(2) = 0\nit is \"dead\"".into()),
            reason: None,
            known: None,
        };
        let html = cell(&cell_of);
        assert!(html.contains("title=\"kill(2) = 0; it is &quot;dead&quot;\""), "{html}");
        assert!(html.contains("aria-label=\"no\">✗"), "{html}");
    }
}
