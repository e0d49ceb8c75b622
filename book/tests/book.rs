//! The real book, built by the program itself, and the program as a server.

use std::{
    collections::HashSet,
    ffi::OsStr,
    io::{BufRead, BufReader, Read, Result, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
};

use tempfile::TempDir;

fn book() -> Command {
    Command::new(env!("CARGO_BIN_EXE_book"))
}

/// The source of the book's pages.
fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn build() -> Result<TempDir> {
    let pages = tempfile::tempdir()?;
    let output = book().args(["build", "--dest-dir"]).arg(pages.path()).output()?;
    let messages = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{messages}");
    assert_eq!(messages, "", "mdBook has complaints");
    Ok(pages)
}

/// The files of a directory and their text, subdirectories aside.
fn texts(dir: &Path, extension: &str) -> Result<Vec<(PathBuf, String)>> {
    let mut texts = Vec::new();
    for entry in fs_err::read_dir(dir)? {
        let path = entry?.path();
        if path.extension() == Some(OsStr::new(extension)) {
            let text = fs_err::read_to_string(&path)?;
            texts.push((path, text));
        }
    }
    assert!(!texts.is_empty(), "no {extension} file in {}", dir.display());
    Ok(texts)
}

/// What stands between each `start` and the next `end`.
fn all_between<'a>(text: &'a str, start: &'a str, end: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(start).skip(1).filter_map(move |rest| Some(rest.split_once(end)?.0))
}

#[test]
fn every_page_of_the_summary_is_built() -> Result<()> {
    let pages = build()?;
    let summary = fs_err::read_to_string(source().join("SUMMARY.md"))?;
    let mut links = all_between(&summary, "](", ")").peekable();
    assert!(links.peek().is_some());
    for link in links {
        let page = pages.path().join(link).with_extension("html");
        assert!(page.is_file(), "SUMMARY.md names {link}, and there is no {}", page.display());
    }
    Ok(())
}

#[test]
fn no_page_shows_an_unresolved_include() -> Result<()> {
    for (page, html) in texts(build()?.path(), "html")? {
        assert!(!html.contains("{{#"), "{}: an include of mdBook did not work", page.display());
    }
    Ok(())
}

/// Where an anchor is missing, mdBook puts an empty listing, or all the rest of the file, and does not say so.
#[test]
fn every_included_anchor_exists() -> Result<()> {
    for (page, markdown) in texts(&source(), "md")? {
        let includes =
            all_between(&markdown, "{{#", "}}").filter_map(|link| Some(link.split_once("include ")?.1));
        for include in includes {
            let (file, anchor) = include.trim().split_once(':').unwrap_or((include.trim(), ""));
            let text = fs_err::read_to_string(source().join(file))?;
            for mark in ["ANCHOR", "ANCHOR_END"].map(|word| format!("{word}: {anchor}")) {
                let marked = anchor.is_empty() || text.lines().any(|line| line.trim_end().ends_with(&mark));
                assert!(marked, "{}: {file} has no `{mark}`", page.display());
            }
        }
    }
    Ok(())
}

#[test]
fn every_link_inside_the_book_leads_somewhere() -> Result<()> {
    let pages = build()?;
    for (page, html) in texts(pages.path(), "html")? {
        for link in all_between(&html, "href=\"", "\"").filter(|link| !link.contains(':') && *link != "/") {
            let (file, fragment) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { page.clone() } else { pages.path().join(file) };
            assert!(target.is_file(), "{}: {link} leads nowhere", page.display());
            let marked =
                || fs_err::read_to_string(&target).map(|html| html.contains(&format!("id=\"{fragment}\"")));
            assert!(fragment.is_empty() || marked()?, "{}: {link} names no heading", page.display());
        }
    }
    Ok(())
}

/// The pictures: each a file with one `<svg>`, included by one page.
fn pictures() -> Result<Vec<(PathBuf, String)>> {
    texts(&Path::new(env!("CARGO_MANIFEST_DIR")).join("pictures"), "svg")
}

#[test]
fn every_chapter_has_two_pictures_and_every_picture_a_page() -> Result<()> {
    let pages = texts(&source(), "md")?;
    for (page, markdown) in &pages {
        let name = page.file_name().unwrap_or_default().to_string_lossy();
        let shown = all_between(markdown, "{{#include ../pictures/", "}}").count();
        assert!(!name.starts_with("ch") || shown >= 2, "{name} has {shown} of two pictures");
        assert!(!markdown.contains("<svg"), "{name}: a picture has a file of its own, in book/pictures");
    }
    for (picture, _) in pictures()? {
        let name = picture.file_name().unwrap_or_default().to_string_lossy();
        let include = format!("{{{{#include ../pictures/{name}}}}}");
        let shown = pages.iter().filter(|(_, markdown)| markdown.contains(&include)).count();
        assert_eq!(shown, 1, "pages that show {name}");
    }
    Ok(())
}

/// So it has a description for whoever does not see it, and follows the theme: its colours are the text's.
#[test]
fn every_picture_is_described_and_has_no_colour_of_its_own() -> Result<()> {
    for (picture, svg) in pictures()? {
        let name = picture.display();
        assert!(svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>"), "{name}: more than an svg");
        assert!(!svg.contains("\n\n"), "{name}: an empty line ends the HTML of a page");
        for property in ["fill", "stroke", "color", "stop-color", "flood-color"] {
            let (attribute, style) = (format!(" {property}=\""), format!("{property}:"));
            for colour in all_between(&svg, &attribute, "\"").chain(all_between(&svg, &style, ";")) {
                let of_the_theme = ["none", "currentColor"].contains(&colour) || colour.starts_with("var(--");
                assert!(of_the_theme, "{name}: the colour {colour} does not follow the theme");
            }
        }
    }
    Ok(())
}

#[test]
fn a_built_picture_keeps_its_description() -> Result<()> {
    let pages = build()?;
    for (page, html) in texts(pages.path(), "html")? {
        let page = page.display();
        for picture in all_between(&html, "<figure>", "</figure>") {
            assert!(picture.contains("role=\"img\""), "{page}: not announced as a picture: {picture}");
            let title = all_between(picture, "aria-labelledby=\"", "\"").next().unwrap_or_default();
            let title = format!("<title id=\"{title}\">");
            let description = all_between(picture, &title, "</title>").next().unwrap_or_default();
            assert!(description.len() > 20, "{page}: a picture without a description: {picture}");
            assert!(picture.contains("<figcaption>"), "{page}: a picture without a caption: {picture}");
        }
    }
    Ok(())
}

/// The page for the printer has all chapters, so a picture's arrowhead must not have the name of another's.
#[test]
fn no_id_is_given_twice() -> Result<()> {
    let pages = build()?;
    for (page, html) in texts(pages.path(), "html")? {
        let mut seen = HashSet::new();
        for id in all_between(&html, " id=\"", "\"") {
            assert!(seen.insert(id), "{}: the id {id} is given twice", page.display());
        }
    }
    Ok(())
}

#[test]
fn a_page_asks_no_other_machine_for_anything() -> Result<()> {
    for (page, html) in texts(build()?.path(), "html")? {
        for sign in ["src=\"http", "src=\"//", "rel=\"stylesheet\" href=\"http", "class=\"playground\""] {
            assert!(!html.contains(sign), "{}: {sign}", page.display());
        }
    }
    Ok(())
}

/// A `serve` of our own, ended with the test.
struct Server {
    process: Child,
    port: u16,
    _output: BufReader<ChildStdout>, // open, or its next message would have nowhere to go
    _pages: TempDir,
}

impl Server {
    fn start() -> Result<Server> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let pages = tempfile::tempdir()?;
        let mut serve = book();
        serve.args(["serve", "--port", &port.to_string(), "--dest-dir"]).arg(pages.path());
        let mut process = serve.stdout(Stdio::piped()).spawn()?;
        let mut output = BufReader::new(process.stdout.take().expect("standard output is a pipe"));
        let serving = output.by_ref().lines().map_while(Result::ok).any(|line| line.starts_with("Serving"));
        let server = Server { process, port, _output: output, _pages: pages };
        assert!(serving, "the server ended before it served");
        Ok(server)
    }

    /// The whole answer to a GET of exactly this path.
    fn get(&self, path: &str) -> Result<String> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself, and then there is nothing to end.
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

#[test]
fn serve_answers_with_the_pages_and_nothing_else() -> Result<()> {
    let server = Server::start()?;
    let home = server.get("/")?;
    assert!(home.starts_with("HTTP/1.1 200") && home.contains("text/html; charset=utf-8"), "{home}");
    assert!(home.contains("/__edition"), "no live reload in {home}");
    for outside in ["/../book.toml", "/%2e%2e/book.toml", "/no-such-page.html"] {
        let answer = server.get(outside)?;
        assert!(answer.starts_with("HTTP/1.1 404"), "{outside}: {answer}");
    }
    Ok(())
}

#[test]
fn a_port_in_use_is_named_with_its_flag() -> Result<()> {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let port = taken.local_addr()?.port().to_string();
    let output = book().args(["serve", "--port", &port]).output()?;
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert!(
        message.contains(port.as_str()) && message.contains("in use") && message.contains("--port"),
        "{message}"
    );
    Ok(())
}

#[test]
fn what_is_generated_is_up_to_date() -> Result<()> {
    let output = book().args(["generate", "--check"]).output()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

/// The pages of the chapters, by name.
fn chapters() -> Result<Vec<(String, String)>> {
    let name = |page: &Path| page.file_name().map(|name| name.to_string_lossy().into_owned());
    let pages = texts(&source(), "md")?.into_iter().filter_map(|(page, text)| Some((name(&page)?, text)));
    Ok(pages.filter(|(name, _)| name.starts_with("ch")).collect())
}

/// A page without what somebody else wrote or nobody reads: code, includes, pictures, tags.
fn prose(markdown: &str) -> String {
    let mut text = markdown.to_owned();
    for (start, end) in [("<svg", "</svg>"), ("```", "```"), ("{{#", "}}"), ("<", ">")] {
        while let Some((before, rest)) = text.split_once(start) {
            let (_, after) = rest.split_once(end).unwrap_or((rest, ""));
            text = format!("{before} {after}");
        }
    }
    text
}

#[test]
fn a_chapter_can_be_read_in_one_sitting() -> Result<()> {
    for (page, markdown) in chapters()? {
        let prose = prose(&markdown);
        let words = prose.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).count();
        assert!((1500..=3500).contains(&words), "{page} has {words} words");
    }
    Ok(())
}

#[test]
fn every_chapter_has_a_quiz_a_prediction_and_what_its_stage_gained() -> Result<()> {
    for (page, markdown) in chapters()? {
        let chapter = page.split('-').next().unwrap_or_default();
        let quiz = format!("{{{{#include ../generated/quizzes/{chapter}.md}}}}");
        let diff = format!("{{{{#include ../generated/diffs/{chapter}.diff}}}}");
        assert!(markdown.contains(&quiz), "{page} does not include its quiz");
        assert!(markdown.contains(&diff) || chapter == "ch01", "{page} does not show what its stage gained");
        let boxes: Vec<&str> = all_between(&markdown, "<div class=\"predict\">", "</div>").collect();
        assert!(!boxes.is_empty(), "{page} has no box to predict in");
        let whole = |text: &&str| text.contains("**Predict first.** ") && text.contains("class=\"look\"");
        assert!(boxes.iter().all(whole), "{page}: a box without its question or its answer");
    }
    Ok(())
}

/// The glossary's terms, each with the page that its entry leads to.
fn terms(glossary: &str) -> Vec<(&str, &str)> {
    let lines: Vec<&str> = glossary.lines().collect();
    let entries = lines.windows(2).filter_map(|pair| Some((pair[0], pair[1].strip_prefix(": ")?)));
    entries.map(|(term, text)| (term, all_between(text, "](", ")").last().unwrap_or_default())).collect()
}

#[test]
fn the_glossary_is_in_order() -> Result<()> {
    let glossary = fs_err::read_to_string(source().join("glossary.md"))?;
    let key = |term: &str| term.to_lowercase().replace(|letter: char| !letter.is_ascii_alphanumeric(), "");
    let terms: Vec<&str> = terms(&glossary).into_iter().map(|(term, _)| term).collect();
    assert!(terms.len() > 100, "only {} terms", terms.len());
    for pair in terms.windows(2) {
        assert!(key(pair[0]) < key(pair[1]), "{} stands before {}", pair[0], pair[1]);
    }
    Ok(())
}

/// Whether the anchors exist is looked at with all other links of the book.
#[test]
fn a_word_of_the_glossary_occurs_where_its_entry_leads() -> Result<()> {
    let glossary = fs_err::read_to_string(source().join("glossary.md"))?;
    let plain = |text: &str| text.replace(['*', '`'], "").split_whitespace().collect::<Vec<_>>().join(" ");
    for (term, link) in terms(&glossary) {
        let page = link.split('#').next().unwrap_or_default();
        assert!(page.starts_with("ch"), "{term} leads to no chapter");
        let text = plain(&fs_err::read_to_string(source().join(page))?).to_lowercase();
        let mut forms = term.split(['(', ')']).map(|form| form.trim().to_lowercase());
        assert!(forms.any(|form| !form.is_empty() && text.contains(&form)), "{page} has no {term}");
    }
    Ok(())
}

#[test]
fn every_answer_of_a_quiz_has_its_verdict_without_a_script() -> Result<()> {
    let pages = build()?;
    for (page, _) in chapters()? {
        let html = fs_err::read_to_string(pages.path().join(&page).with_extension("html"))?;
        let (_, quiz) = html.split_once("class=\"quiz\"").unwrap_or_default();
        let answers: Vec<&str> = all_between(quiz, "<details class=\"answer\"", "</details>").collect();
        assert!(answers.len() >= 12, "{page} has {} answers", answers.len());
        let whole = |answer: &&str| answer.contains("<summary>") && answer.contains("class=\"verdict\"");
        assert!(answers.iter().all(whole), "{page}: an answer without a verdict");
        let mut scripts = all_between(&html, "<script src=\"", "\"");
        assert!(scripts.any(|script| script.starts_with("theme/quiz")), "{page} does not load quiz.js");
    }
    Ok(())
}
