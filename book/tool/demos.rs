//! The demos: from a scenario, its transcript, speaker notes and recording to what the pages have of them.
//!
//! | from | is made | for |
//! |---|---|---|
//! | `chapters/live/scenarios/NAME.toml`, `book/demos/NAME.txt` | `generated/demos/NAME.md` | the box of the page that includes it |
//! | all of them | `generated/demos.md` | the table of the page "Demos" |
//! | `book/demos/NAME.md` | `generated/demo-notes.md` | the instructor's page |
//! | `book/demos/NAME.cast` | `src/demos/NAME.js` | the player |
//!
//! A recording is a script because a page that was opened as a file may load scripts and may not fetch anything else.

use std::{collections::BTreeMap, path::Path};

use mdbook_driver::errors::{Error, Result};
use serde::Deserialize;

use crate::generate::{self, Files};

/// What the book wants to know of a scenario. Crate `live` reads all of it.
#[derive(Deserialize)]
struct Scenario {
    title: String,
    chapter: Option<u8>,
    minutes: u32,
    about: String,
    #[serde(rename = "step")]
    steps: Vec<toml::Table>,
}

/// A demo, and the page that shows it.
struct Demo {
    name: String,
    page: String,
    scenario: Scenario,
}

/// The parts of pages, by their path in `book/generated`.
pub fn fragments(workspace: &Path) -> Result<Files> {
    let demos = demos(workspace)?;
    let mut files = Files::new();
    for demo in &demos {
        let text = transcript(workspace, &demo.name)?;
        files.insert(format!("demos/{}.md", demo.name).into(), fragment(demo, &text));
    }
    files.insert("demos.md".into(), table(&demos, &generate::chapters(workspace)?));
    files.insert("demo-notes.md".into(), notes(workspace, &demos)?);
    Ok(files)
}

/// The scripts with the recordings, by their path in `book/src/demos`.
pub fn recordings(workspace: &Path) -> Result<Files> {
    let mut files = Files::new();
    for name in names(workspace, "book/demos", "cast")? {
        let cast = fs_err::read_to_string(workspace.join(format!("book/demos/{name}.cast")))?;
        files.insert(format!("{name}.js").into(), script(&name, &cast));
    }
    Ok(files)
}

/// All demos, in the order in which a reader of the book meets them.
fn demos(workspace: &Path) -> Result<Vec<Demo>> {
    let mut scenarios = scenarios(workspace)?;
    let mut demos = Vec::new();
    for page in pages(workspace)? {
        let text = fs_err::read_to_string(workspace.join("book/src").join(&page))?;
        for name in included(&text) {
            let scenario = scenarios.remove(name);
            let scenario = scenario.ok_or_else(|| {
                Error::msg(format!("book/src/{page}: no scenario {name}, or a page before has it"))
            })?;
            demos.push(Demo { name: name.to_owned(), page: page.clone(), scenario });
        }
    }
    let homeless: Vec<String> = scenarios.into_keys().collect();
    generate::refuse("book/src: no page includes", &homeless)?;
    Ok(demos)
}

fn scenarios(workspace: &Path) -> Result<BTreeMap<String, Scenario>> {
    let folder = "chapters/live/scenarios";
    let mut scenarios = BTreeMap::new();
    for name in names(workspace, folder, "toml")? {
        let file = format!("{folder}/{name}.toml");
        let text = fs_err::read_to_string(workspace.join(&file))?;
        let scenario = toml::from_str(&text).map_err(|error| Error::msg(format!("{file}: {error}")))?;
        scenarios.insert(name, scenario);
    }
    Ok(scenarios)
}

/// The files of a folder with this extension, without it, in order.
fn names(workspace: &Path, folder: &str, extension: &str) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs_err::read_dir(workspace.join(folder))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let stem = name.rsplit_once('.').filter(|(_, its)| *its == extension);
        names.extend(stem.map(|(stem, _)| stem.to_owned()));
    }
    names.sort();
    Ok(names)
}

/// The pages of the book, in its order.
fn pages(workspace: &Path) -> Result<Vec<String>> {
    let summary = fs_err::read_to_string(workspace.join("book/src/SUMMARY.md"))?;
    let links = summary.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    Ok(links.map(|(page, _)| page.to_owned()).collect())
}

/// The names of the demos in a page.
fn included(page: &str) -> impl Iterator<Item = &str> {
    let includes = page.split("{{#include ../generated/demos/").skip(1);
    includes.filter_map(|rest| Some(rest.split_once(".md}}")?.0))
}

/// What the demo prints to root, who can see all of it.
fn transcript(workspace: &Path, name: &str) -> Result<String> {
    let files = ["txt", "root.txt"].map(|end| workspace.join(format!("book/demos/{name}.{end}")));
    let there = files.iter().find(|file| file.is_file()).unwrap_or(&files[0]);
    Ok(fs_err::read_to_string(there)?)
}

/// What `demo.js` says, for it to read: here it is translated with the rest of the page.
const WORDS: [(&str, &str); 4] = [
    ("play", "Play the recording"),
    ("close", "Close the recording"),
    ("loading", "Loading …"),
    ("failed", "The recording could not be loaded. The demo in words is below."),
];

/// The box of a demo. Where there is JavaScript, `book/theme/demo.js` gives it a button.
fn fragment(demo: &Demo, transcript: &str) -> String {
    let Demo { name, scenario: Scenario { title, minutes, about, steps, .. }, .. } = demo;
    format!(
        "<div class=\"demo\" id=\"demo-{name}\" data-demo=\"{name}\"{}>\n\n\
         **{}** ({minutes} minutes, {} steps). {}\n\n\
         To play it live, on your machine: `minicontainer demo {name}`\n\n\
         <details class=\"transcript\"><summary>The demo in words: {}</summary>\n\n{}\
         </details>\n</div>\n",
        generate::words(&WORDS),
        escaped(title),
        steps.len(),
        escaped(about.trim()),
        html(title),
        steps_of(transcript)
    )
}

/// A transcript as Markdown: the steps' titles and captions are text, what is indented is a terminal.
fn steps_of(transcript: &str) -> String {
    let mut page = String::new();
    let mut terminal: Vec<&str> = Vec::new();
    for line in transcript.lines().skip(2) {
        match line.strip_prefix("    ") {
            Some(shown) => terminal.push(shown),
            None if line.trim().is_empty() && !terminal.is_empty() => terminal.push(""),
            None => {
                close(&mut terminal, &mut page);
                page += &line_of(line);
            }
        }
    }
    close(&mut terminal, &mut page);
    page
}

/// End the terminal that is open, if one is.
fn close(terminal: &mut Vec<&str>, page: &mut String) {
    let text = terminal.join("\n");
    if !text.trim().is_empty() {
        *page += &format!("\n```console\n{}\n```\n\n", text.trim_end());
    }
    terminal.clear();
}

/// A line of text; `3. A title` is bold, or Markdown would make a list of it.
fn line_of(line: &str) -> String {
    let number = line.split_once(". ").filter(|(number, _)| number.parse::<u32>().is_ok());
    match number {
        Some((number, title)) => format!("\n**{number}\\. {}**  \n", escaped(title)),
        None => escaped(line) + "\n",
    }
}

/// Plain text in Markdown. `code` between backticks stays code.
fn escaped(text: &str) -> String {
    let parts = text.split('`').enumerate();
    let part = |(i, part): (usize, &str)| if i % 2 == 0 { without_signs(part) } else { part.to_owned() };
    parts.map(part).collect::<Vec<_>>().join("`")
}

fn without_signs(text: &str) -> String {
    let special = |letter| "\\*_[]<>&#|~-$".contains(letter);
    text.chars().fold(String::new(), |mut text, letter| {
        text.extend(special(letter).then_some('\\'));
        text.push(letter);
        text
    })
}

fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// All demos, with the page that has the recording, and the chapter to which it belongs.
fn table(demos: &[Demo], chapters: &[(String, String)]) -> String {
    let mut table = String::from("| demo | chapter | time | command |\n|---|---|---|---|\n");
    for Demo { name, page, scenario } in demos {
        let chapter = scenario.chapter.map_or_else(|| "several".into(), |number| link(number, chapters));
        table += &format!(
            "| [{}]({page}#demo-{name}) | {chapter} | {} min | `minicontainer demo {name}` |\n",
            escaped(&scenario.title),
            scenario.minutes
        );
    }
    let minutes: u32 = demos.iter().map(|demo| demo.scenario.minutes).sum();
    table + &format!("| **all {}** | | **{minutes} min** | |\n", demos.len())
}

fn link(number: u8, chapters: &[(String, String)]) -> String {
    let page = chapters.iter().find(|(chapter, _)| *chapter == format!("ch{number:02}"));
    page.map_or_else(|| number.to_string(), |(_, page)| format!("[{number}]({page})"))
}

/// What the speaker says and does, all demos on one page, so that their headings are lower by one.
fn notes(workspace: &Path, demos: &[Demo]) -> Result<String> {
    let notes = demos.iter().map(|Demo { name, .. }| {
        let text = fs_err::read_to_string(workspace.join(format!("book/demos/{name}.md")))?;
        Ok(lowered(&text))
    });
    Ok(notes.collect::<Result<Vec<_>>>()?.join("\n"))
}

fn lowered(markdown: &str) -> String {
    let mut in_code = false;
    let lines = markdown.lines().map(|line| {
        in_code ^= line.starts_with("```");
        let heading = !in_code && line.starts_with('#');
        format!("{}{line}\n", if heading { "#" } else { "" })
    });
    lines.collect()
}

/// The lines of an asciicast are JSON, and so they are JavaScript.
fn script(name: &str, cast: &str) -> String {
    let lines: String = cast.lines().map(|line| format!("{line},\n")).collect();
    format!("minicontainerRecording(\"{name}\", [\n{lines}]);\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transcript_becomes_text_and_terminals() {
        let transcript =
            "Title\n=====\n\n1. One\nA <caption>.\n\n    $ a\n    1\n\n    2\n\n2. Two\nNothing.\n";
        let page = "\n\n**1\\. One**  \nA \\<caption\\>.\n\n\n```console\n$ a\n1\n\n2\n```\n\n\n**2\\. Two**  \nNothing.\n";
        assert_eq!(steps_of(transcript), page);
    }

    #[test]
    fn plain_text_stays_plain_and_code_stays_code() {
        assert_eq!(escaped("a *star* and `a *star*`"), "a \\*star\\* and `a *star*`");
    }

    #[test]
    fn headings_are_lower_and_comments_are_not() {
        let notes = lowered("# A\n\n```sh\n# b\n```\n\n## C\n");
        assert_eq!(notes, "## A\n\n```sh\n# b\n```\n\n### C\n");
    }

    #[test]
    fn a_recording_is_a_script() {
        assert_eq!(
            script("a", "{\"version\":2}\n[1,\"o\",\"\"]\n"),
            "minicontainerRecording(\"a\", [\n{\"version\":2},\n[1,\"o\",\"\"],\n]);\n"
        );
    }

    #[test]
    fn the_demos_of_a_page_are_found() {
        let page = "a\n{{#include ../generated/demos/one.md}}\n{{#include ../generated/demos/two.md}}";
        assert_eq!(included(page).collect::<Vec<_>>(), ["one", "two"]);
    }
}
