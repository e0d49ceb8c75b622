//! The contents with times: from the heads of the pages, and from the tracks in `book/tracks.toml`.

use std::path::Path;

use mdbook_driver::errors::{Error, Result};
use serde::Deserialize;

use crate::generate;

/// What stands at the top of a page.
#[derive(Debug, PartialEq)]
struct Head {
    title: String,
    goal: String,
    minutes: u32,
    needs: String,
}

/// The ways through the book.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tracks {
    #[serde(rename = "track")]
    tracks: Vec<Track>,
}

/// A way through the book.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Track {
    /// Part of its anchor.
    name: String,
    title: String,
    /// For whom it is, and what it leaves out.
    about: String,
    #[serde(rename = "part")]
    parts: Vec<Part>,
}

/// A page of a track, and the minutes that it has there.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Part {
    page: String,
    minutes: u32,
    /// What of the page is done, when it is not all of it.
    note: Option<String>,
}

/// The generated part of the page `contents.md`.
pub fn page(workspace: &Path) -> Result<String> {
    let mut rows = Vec::new();
    for (_, page) in generate::chapters(workspace)? {
        let head = Head::read(workspace, &page)?;
        rows.push((page, head));
    }
    let tracks = tracks(workspace)?;
    let ways: Result<Vec<String>> = tracks.iter().map(|track| way(workspace, track)).collect();
    Ok(format!("{}\n## Tracks\n\n{}", table(&rows), ways?.join("\n")))
}

impl Head {
    fn read(workspace: &Path, page: &str) -> Result<Head> {
        let text = fs_err::read_to_string(workspace.join("book/src").join(page))?;
        Head::parse(&text).map_err(|wrong| Error::msg(format!("book/src/{page}: {wrong}")))
    }

    /// The head of a page has exactly this form; the time may be "about" so many minutes.
    fn parse(text: &str) -> Result<Head, &'static str> {
        let mut paragraphs =
            text.split("\n\n").map(|paragraph| paragraph.replace('\n', " ").trim().to_owned());
        let mut next = || paragraphs.next().unwrap_or_default();
        let title = next().strip_prefix("# ").ok_or("it does not begin with its title")?.to_owned();
        let goal = next();
        let goal = goal.strip_prefix("**Goal:** ").ok_or("its second paragraph is not `**Goal:** …`")?;
        let time = next();
        let (time, needs) = time
            .strip_prefix("**Time:** ")
            .and_then(|rest| rest.split_once(" **You need:** "))
            .ok_or("its third paragraph is not `**Time:** about N minutes. **You need:** …`")?;
        let minutes = minutes(time).ok_or("its time is not `about N minutes`")?;
        Ok(Head { title, goal: capitalized(goal), minutes, needs: capitalized(needs) })
    }
}

/// `about 40 minutes.`, or `5 minutes, when …`.
fn minutes(time: &str) -> Option<u32> {
    let (number, rest) = time.strip_prefix("about ").unwrap_or(time).split_once(' ')?;
    rest.starts_with("minutes").then(|| number.parse().ok())?
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Columns are told apart by their labels where the screen is too small for a table.
fn table(rows: &[(String, Head)]) -> String {
    let mut table = String::from("| chapter | goal | time | you need |\n|---|---|---|---|\n");
    for (page, Head { title, goal, minutes, needs }) in rows {
        let number = page[2..].split('-').next().unwrap_or_default().trim_start_matches('0');
        table += &format!("| [{number} {title}]({page}) | {goal} | {minutes}&nbsp;min | {needs} |\n");
    }
    let total = rows.iter().map(|(_, head)| head.minutes).sum();
    table += &format!("| **all {}** | | **{}** | |\n", rows.len(), hours(total));
    table
}

fn tracks(workspace: &Path) -> Result<Vec<Track>> {
    let file = "book/tracks.toml";
    let text = fs_err::read_to_string(workspace.join(file))?;
    let Tracks { tracks } = toml::from_str(&text).map_err(|error| Error::msg(format!("{file}: {error}")))?;
    let mut wrong = tracks.iter().flat_map(|track| wrong(workspace, track)).collect::<Vec<_>>();
    wrong.extend(not_in_the_longest(&tracks));
    generate::refuse(file, &wrong)?;
    Ok(tracks)
}

/// The longest track names the rows of the table of all.
fn longest(tracks: &[Track]) -> &[Part] {
    tracks.iter().map(|track| &*track.parts).max_by_key(|parts| parts.len()).unwrap_or_default()
}

fn not_in_the_longest(tracks: &[Track]) -> Vec<String> {
    let rows = longest(tracks);
    let has = |page: &str| rows.iter().any(|row| row.page == page);
    let others =
        tracks.iter().flat_map(|track| track.parts.iter().map(move |part| (&track.name, &part.page)));
    let missing = others.filter(|(_, page)| !has(page));
    missing.map(|(track, page)| format!("{track:?}: the longest track has not {page:?}")).collect()
}

fn wrong(workspace: &Path, track: &Track) -> Vec<String> {
    let there = |part: &&Part| !workspace.join("book/src").join(&part.page).is_file();
    let missing = track.parts.iter().filter(there);
    let missing = missing.map(|part| format!("{:?}: there is no page {:?}", track.name, part.page));
    let no_time = track.parts.iter().filter(|part| part.minutes == 0);
    let no_time = no_time.map(|part| format!("{:?}: {} has no minutes", track.name, part.page));
    missing.chain(no_time).collect()
}

fn way(workspace: &Path, track: &Track) -> Result<String> {
    let Track { name, title, about, parts } = track;
    let total = hours(parts.iter().map(|part| part.minutes).sum());
    let mut text = format!(
        "<h3 class=\"track\" id=\"track-{name}\">{title}: {total}</h3>\n\n{}\n\n| page | time |\n|---|---|\n",
        about.trim()
    );
    for Part { page, minutes, note } in parts {
        let title = title_of(&fs_err::read_to_string(workspace.join("book/src").join(page))?);
        let note = note.iter().map(|note| format!(": {note}")).collect::<String>();
        text += &format!("| [{title}]({page}){note} | {minutes}&nbsp;min |\n");
    }
    Ok(text)
}

/// The tracks side by side: for instructors.
pub fn side_by_side(workspace: &Path) -> Result<String> {
    let tracks = tracks(workspace)?;
    let minutes = |track: &Track, page: &str| {
        track.parts.iter().filter(|part| part.page == page).map(|part| part.minutes).sum::<u32>()
    };
    let cells = |cell: &dyn Fn(&Track) -> String| tracks.iter().map(cell).collect::<Vec<_>>().join(" | ");
    let mut table =
        format!("| | {} |\n|---|{}\n", cells(&|track| track.title.clone()), "---|".repeat(tracks.len()));
    for Part { page, .. } in longest(&tracks) {
        let title = title_of(&fs_err::read_to_string(workspace.join("book/src").join(page))?);
        let of_page = cells(&|track| match minutes(track, page) {
            0 => "–".to_owned(),
            minutes => minutes.to_string(),
        });
        table += &format!("| [{title}]({page}) | {of_page} |\n");
    }
    let together =
        cells(&|track| format!("**{}**", hours(track.parts.iter().map(|part| part.minutes).sum())));
    Ok(table + &format!("| **together** | {together} |\n"))
}

fn title_of(text: &str) -> String {
    text.lines().find_map(|line| line.strip_prefix("# ")).unwrap_or_default().to_owned()
}

/// 95 minutes are `1 h 35 min`.
fn hours(minutes: u32) -> String {
    match (minutes / 60, minutes % 60) {
        (0, rest) => format!("{rest} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, rest) => format!("{hours} h {rest} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# A title\n\n**Goal:** do\nit.\n\n**Time:** about 40 minutes. **You need:** [x](x.md).\nNo root.\n\nText";

    #[test]
    fn a_head_has_title_goal_minutes_and_needs() {
        let head = Head {
            title: "A title".into(),
            goal: "Do it.".into(),
            minutes: 40,
            needs: "[x](x.md). No root.".into(),
        };
        assert_eq!(Head::parse(PAGE), Ok(head));
    }

    #[test]
    fn a_head_without_one_of_them_says_which() {
        let without =
            |from: &str, to: &str| Head::parse(&PAGE.replace(from, to)).expect_err("a part is missing");
        assert!(without("**Goal:** ", "").contains("Goal"));
        assert!(without("**You need:** ", "").contains("You need"));
        assert!(without("40", "some").contains("about N minutes"));
        assert!(without("# ", "").contains("title"));
    }

    #[test]
    fn times_are_hours_and_minutes() {
        assert_eq!([5, 60, 95].map(hours), ["5 min", "1 h", "1 h 35 min"]);
    }
}
