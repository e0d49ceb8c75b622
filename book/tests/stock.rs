//! The book as a stock mdBook builds it, on a machine with nothing of ours: its pages are complete and can be read.
//!
//! A copy of what is committed is built by mdBook's library alone, as `mdbook build` calls it, in a process that finds no
//! program: whatever `book.toml` would start is missing.

use std::{
    collections::BTreeSet,
    io::{Error, Result},
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    sync::Arc,
};

use libtest_mimic::{Arguments, Failed, Trial};
use mdbook_driver::MDBook;
use tempfile::TempDir;
use tracing_subscriber::filter::LevelFilter;

/// Asks this program for the build and not for the tests.
const BUILD: &str = "build-as-stock-mdbook";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() == Some(BUILD) {
        return build(&arguments.next().unwrap_or_default());
    }
    let copy = match Copy::built() {
        Ok(copy) => Arc::new(copy),
        Err(error) => {
            eprintln!("a stock mdBook does not build the book: {error}");
            return ExitCode::FAILURE;
        }
    };
    let test = |name: &str, run: fn(&Copy) -> std::result::Result<(), Failed>| {
        let copy = Arc::clone(&copy);
        Trial::test(name, move || run(&copy))
    };
    let tests = vec![
        test("mdbook_has_no_complaints", mdbook_has_no_complaints),
        test("every_page_of_the_summary_is_built", every_page_of_the_summary_is_built),
        test("what_is_included_is_on_its_page", what_is_included_is_on_its_page),
        test("every_quiz_can_be_answered", every_quiz_can_be_answered),
        test("every_demo_is_told_and_has_its_recording", every_demo_is_told_and_has_its_recording),
        test("no_include_is_left_over", no_include_is_left_over),
        test("no_link_leads_to_a_missing_file", no_link_leads_to_a_missing_file),
    ];
    libtest_mimic::run(&Arguments::from_args(), tests).exit_code()
}

/// What `mdbook build DIR` does.
fn build(dir: &str) -> ExitCode {
    tracing_subscriber::fmt().with_max_level(LevelFilter::WARN).with_writer(std::io::stderr).init();
    match MDBook::load(dir).and_then(|book| book.build()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

/// All that the book is made of. The tool is not among it, nor the catalogs of translations.
const PARTS: [&str; 7] = [
    "book/book.toml",
    "book/generated",
    "book/pictures",
    "book/src",
    "book/theme",
    "book/transcripts",
    "chapters",
];

/// A copy of the book, with its pages.
struct Copy {
    home: TempDir,
    /// What mdBook said.
    messages: String,
}

impl Copy {
    fn built() -> Result<Copy> {
        let home = tempfile::tempdir()?;
        for part in PARTS {
            copy(&workspace().join(part), &home.path().join(part))?;
        }
        let nothing = tempfile::tempdir()?;
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(BUILD).arg(home.path().join("book")).current_dir(nothing.path());
        let output = command.env_clear().env("PATH", nothing.path()).output()?;
        let messages = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() { Ok(Copy { home, messages }) } else { Err(Error::other(messages)) }
    }

    fn page(&self, markdown: &str) -> PathBuf {
        self.home.path().join("book/out").join(markdown).with_extension("html")
    }

    /// What a reader of the page sees.
    fn shown(&self, markdown: &str) -> Result<String> {
        Ok(letters(&text(&fs_err::read_to_string(self.page(markdown))?)))
    }

    /// All built pages, and those that mdBook adds.
    fn html(&self) -> Result<Vec<(PathBuf, String)>> {
        let mut pages = Vec::new();
        for path in files(&self.home.path().join("book/out"))? {
            if path.extension().is_some_and(|extension| extension == "html") {
                let html = fs_err::read_to_string(&path)?;
                pages.push((path, html));
            }
        }
        Ok(pages)
    }
}

/// The directory that holds the book and the chapters.
fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the book is a member of a workspace")
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    if !from.is_dir() {
        fs_err::create_dir_all(to.parent().unwrap_or(to))?;
        return fs_err::copy(from, to).map(|_| ());
    }
    fs_err::create_dir_all(to)?;
    for path in files(from)? {
        copy(&path, &to.join(path.file_name().unwrap_or_default()))?;
    }
    Ok(())
}

/// What a directory has in it, in order.
fn files(dir: &Path) -> Result<Vec<PathBuf>> {
    let mut files = fs_err::read_dir(dir)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    files.sort();
    Ok(files)
}

/// The pages that `SUMMARY.md` names.
fn pages() -> Result<Vec<String>> {
    let summary = fs_err::read_to_string(workspace().join("book/src/SUMMARY.md"))?;
    Ok(all_between(&summary, "](", ")").map(str::to_owned).collect())
}

/// What a page includes: files, and the anchors in them.
fn includes(page: &str) -> Result<Vec<(PathBuf, String)>> {
    let source = workspace().join("book/src");
    let markdown = fs_err::read_to_string(source.join(page))?;
    let include = |include: &str| {
        let (file, anchor) = include.trim().split_once(':').unwrap_or((include.trim(), ""));
        (source.join(file), anchor.to_owned())
    };
    Ok(all_between(&markdown, "{{#include ", "}}").map(include).collect())
}

/// What stands between each `start` and the next `end`.
fn all_between<'a>(text: &'a str, start: &'a str, end: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(start).skip(1).filter_map(move |rest| Some(rest.split_once(end)?.0))
}

/// HTML without tags and without the names of special characters.
fn text(html: &str) -> String {
    let mut text = String::new();
    for piece in html.split('<') {
        text += piece.split_once('>').map_or(piece, |(_, after)| after);
    }
    for name in ["&lt;", "&gt;", "&amp;", "&quot;", "&#39;", "&#x27;"] {
        text = text.replace(name, " ");
    }
    text
}

/// Only letters and digits, because mdBook sets other quotes, and Markdown has signs that nobody sees.
fn letters(text: &str) -> String {
    text.chars().filter(|letter| letter.is_alphanumeric()).collect()
}

/// What is missing, if anything is.
fn none(missing: &[String]) -> std::result::Result<(), Failed> {
    if missing.is_empty() { Ok(()) } else { Err(missing.join("\n").into()) }
}

fn mdbook_has_no_complaints(copy: &Copy) -> std::result::Result<(), Failed> {
    none(&copy.messages.lines().map(str::to_owned).collect::<Vec<_>>())
}

fn every_page_of_the_summary_is_built(copy: &Copy) -> std::result::Result<(), Failed> {
    let mut missing = pages()?;
    assert!(missing.len() > 12, "{missing:?}");
    missing.retain(|page| !copy.page(page).is_file());
    none(&missing)
}

/// Transcripts, listings, diffs and pictures: all that is no Markdown.
fn what_is_included_is_on_its_page(copy: &Copy) -> std::result::Result<(), Failed> {
    let (mut missing, mut count) = (Vec::new(), 0);
    for page in pages()? {
        let shown = copy.shown(&page)?;
        for (file, anchor) in includes(&page)? {
            let whole = fs_err::read_to_string(&file)?;
            let part = match file.extension().and_then(|extension| extension.to_str()) {
                Some("md") => continue,
                Some("svg") => text(&whole),
                _ => marked(&whole, &anchor),
            };
            count += 1;
            let part = letters(&part);
            if part.is_empty() || !shown.contains(&part) {
                missing.push(format!("{page}: {}:{anchor}", file.display()));
            }
        }
    }
    assert!(count > 200, "only {count} includes");
    none(&missing)
}

/// The lines between the marks of an anchor, without the marks of others.
fn marked(text: &str, anchor: &str) -> String {
    let mark = |word: &str| format!("{word}: {anchor}");
    let is = |line: &str, word: &str| line.trim_end().ends_with(&mark(word));
    let all = text.lines();
    let part: Vec<&str> = if anchor.is_empty() {
        all.collect()
    } else {
        all.skip_while(|line| !is(line, "ANCHOR")).take_while(|line| !is(line, "ANCHOR_END")).collect()
    };
    part.into_iter().filter(|line| !line.contains("ANCHOR")).collect::<Vec<_>>().join("\n")
}

fn every_quiz_can_be_answered(copy: &Copy) -> std::result::Result<(), Failed> {
    let (mut missing, mut count) = (Vec::new(), 0);
    for page in pages()?.into_iter().filter(|page| page.starts_with("ch")) {
        let shown = copy.shown(&page)?;
        let file = format!("book/quizzes/{}.toml", page.split('-').next().unwrap_or_default());
        let quiz: toml::Table = toml::from_str(&fs_err::read_to_string(workspace().join(&file))?)?;
        for question in quiz["question"].as_array().into_iter().flatten() {
            let answers = question["answer"].as_array().into_iter().flatten();
            let texts = answers.flat_map(|answer| [&answer["text"], &answer["why"]]);
            for text in [&question["text"]].into_iter().chain(texts).filter_map(|text| text.as_str()) {
                count += 1;
                if !shown.contains(&letters(text)) {
                    missing.push(format!("{page}: {text}"));
                }
            }
        }
    }
    assert!(count > 300, "only {count} texts");
    none(&missing)
}

/// The demo in words is what there is without a script; the recording is a file that the script loads.
fn every_demo_is_told_and_has_its_recording(copy: &Copy) -> std::result::Result<(), Failed> {
    let (mut missing, mut told) = (Vec::new(), BTreeSet::new());
    for page in pages()? {
        let html = fs_err::read_to_string(copy.page(&page))?;
        for name in all_between(&html, " data-demo=\"", "\"") {
            let transcript = fs_err::read_to_string(workspace().join(format!("book/demos/{name}.txt")))?;
            let steps = transcript.lines().skip(2).collect::<Vec<_>>().join("\n");
            if !copy.shown(&page)?.contains(&letters(&steps)) {
                missing.push(format!("{page}: {name}.txt"));
            }
            let recording = copy.home.path().join(format!("book/out/demos/{name}.js"));
            if !recording.is_file() {
                missing.push(format!("{page}: demos/{name}.js"));
            }
            told.insert(name.to_owned());
        }
    }
    for scenario in files(&workspace().join("chapters/live/scenarios"))? {
        let name = scenario.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if !told.contains(&name) {
            missing.push(format!("no page has the demo {name}"));
        }
    }
    none(&missing)
}

fn no_include_is_left_over(copy: &Copy) -> std::result::Result<(), Failed> {
    let left = |(page, html): &(PathBuf, String)| {
        html.contains("{{#").then(|| format!("{}: an include that did not work", page.display()))
    };
    none(&copy.html()?.iter().filter_map(left).collect::<Vec<_>>())
}

fn no_link_leads_to_a_missing_file(copy: &Copy) -> std::result::Result<(), Failed> {
    let (mut missing, mut count) = (Vec::new(), 0);
    for (page, html) in copy.html()? {
        let links = all_between(&html, "href=\"", "\"").chain(all_between(&html, "src=\"", "\""));
        for link in links.filter(|link| !link.contains(':') && !link.starts_with('#') && *link != "/") {
            count += 1;
            let file = link.split(['#', '?']).next().unwrap_or_default();
            if !page.with_file_name(file).is_file() {
                missing.push(format!("{}: {link}", page.display()));
            }
        }
    }
    assert!(count > 500, "only {count} links");
    none(&missing)
}
