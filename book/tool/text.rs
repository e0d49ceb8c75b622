//! What of a file can be translated, and the file with translations in their places.
//!
//! Markdown is read by `mdbook-i18n-helpers`. It leaves HTML alone, so captions, summaries and the words of pictures
//! are found here.

use std::{ops::Range, path::Path};

use mdbook_driver::errors::{Error, Result};
use mdbook_i18n_helpers::{extract_events, extract_messages, reconstruct_markdown, translate_events};
use polib::catalog::Catalog;

/// Where text stands in HTML: what it begins with, where that ends, and where the text ends.
const PLACES: [(&str, &str, &str); 8] = [
    ("<figcaption", ">", "</figcaption>"),
    ("<summary", ">", "</summary>"),
    ("<title", ">", "</title>"),
    ("<text", ">", "</text>"),
    ("<h3", ">", "</h3>"),
    ("<p class=\"quiz-how\"", ">", "</p>"),
    (" data-title", "=\"", "\""),
    ("data-text-", "=\"", "\""),
];

/// The messages of a file, in their order; one may be there twice.
pub fn messages(file: &Path, text: &str) -> Result<Vec<String>> {
    let mut messages = Vec::new();
    if is_summary(file) {
        messages.extend(titles(text).into_iter().map(|place| text[place].to_owned()));
    } else {
        if is_markdown(file) {
            let found = extract_messages(text).map_err(|error| wrong(file, &error))?;
            messages.extend(found.into_iter().map(|(_, message)| message.message));
        }
        messages.extend(places(text).into_iter().map(|place| text[place].to_owned()));
    }
    messages.retain(|message| is_for_people(message));
    Ok(messages)
}

/// The file with every message replaced that has a translation. Headings keep the names that links know them by.
pub fn translate(file: &Path, text: &str, catalog: &Catalog) -> Result<String> {
    if is_summary(file) {
        return Ok(replace(text, titles(text), catalog));
    }
    if !is_markdown(file) {
        return Ok(replace(text, places(text), catalog));
    }
    let named = with_names(text);
    let events = extract_events(&named, None);
    let translated = translate_events(&events, catalog).map_err(|error| wrong(file, &error))?;
    let (text, _) = reconstruct_markdown(&translated, None).map_err(|error| wrong(file, &error))?;
    Ok(replace(&text, places(&text), catalog) + "\n")
}

/// The translation of a message, if there is one that nobody doubts.
pub fn find<'a>(catalog: &'a Catalog, message: &str) -> Option<&'a str> {
    let found = catalog.find_message(None, message, None)?;
    let certain = found.is_translated() && !found.is_fuzzy();
    certain.then(|| found.msgstr().ok())?
}

fn wrong(file: &Path, error: &dyn std::fmt::Display) -> Error {
    Error::msg(format!("{}: {error}", file.display()))
}

fn is_summary(file: &Path) -> bool {
    file.ends_with("SUMMARY.md")
}

fn is_markdown(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "md")
}

/// Neither a number, nor an include, nor code.
fn is_for_people(message: &str) -> bool {
    message.contains(char::is_alphabetic) && !message.starts_with("{{#") && !message.starts_with("```")
}

/// The titles in SUMMARY.md: of links, and of parts, but not its own.
fn titles(text: &str) -> Vec<Range<usize>> {
    let links = between(text, "[", "", "](");
    let parts = between(text, "\n# ", "", "\n");
    sorted(links.into_iter().chain(parts).collect())
}

/// The places of text in HTML, in their order.
fn places(text: &str) -> Vec<Range<usize>> {
    let all = PLACES.iter().flat_map(|(start, open, end)| between(text, start, open, end));
    sorted(all.collect())
}

fn sorted(mut places: Vec<Range<usize>>) -> Vec<Range<usize>> {
    places.sort_by_key(|place| place.start);
    places
}

/// What stands between each `start`, with the next `open` behind it, and the next `end`.
fn between(text: &str, start: &str, open: &str, end: &str) -> Vec<Range<usize>> {
    let mut places = Vec::new();
    let mut from = 0;
    while let Some(place) = next_between(text, from, [start, open, end]) {
        from = place.end;
        places.push(place);
    }
    places
}

fn next_between(text: &str, from: usize, [start, open, end]: [&str; 3]) -> Option<Range<usize>> {
    let after = |from: usize, mark: &str| Some(from + text[from..].find(mark)? + mark.len());
    let first = after(after(from, start)?, open)?;
    Some(first..first + text[first..].find(end)?)
}

fn replace(text: &str, places: Vec<Range<usize>>, catalog: &Catalog) -> String {
    let mut text = text.to_owned();
    for place in places.into_iter().rev() {
        if let Some(translation) = find(catalog, &text[place.clone()]) {
            text.replace_range(place, translation);
        }
    }
    text
}

/// Markdown in which each heading says by which name links know it: the one that mdBook makes of the English words.
pub fn with_names(markdown: &str) -> String {
    let mut in_code = false;
    let lines = markdown.lines().map(|line| {
        in_code ^= line.starts_with("```");
        let is_heading = !in_code && line.trim_start_matches('#').starts_with(' ') && line.starts_with('#');
        if is_heading && !line.ends_with('}') {
            format!("{line} {{#{}}}\n", name(line))
        } else {
            format!("{line}\n")
        }
    });
    lines.collect()
}

/// As mdBook does it: letters, digits, `_` and `-` stay, a space becomes `-`, all else goes.
fn name(heading: &str) -> String {
    let letters = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = letters.chars().filter_map(|letter| match letter {
        '-' | '_' => Some(letter),
        _ if letter.is_alphanumeric() => Some(letter),
        _ if letter.is_whitespace() => Some('-'),
        _ => None,
    });
    kept.collect()
}

#[cfg(test)]
mod tests {
    use polib::{message::Message, metadata::CatalogMetadata};

    use super::*;

    const PAGE: &str = "# A `short` title\n\nText in\ntwo lines.\n\n<figure>\n{{#include ../x.svg}}\n\
        <figcaption>The caption</figcaption>\n</figure>\n\n```console\n$ echo \"# no\" // heading\n```\n\n\
        {{#include ../generated/quizzes/ch01.md}}\n";

    fn german(pairs: &[(&str, &str)]) -> Catalog {
        let mut catalog = Catalog::new(CatalogMetadata::new());
        for (english, german) in pairs {
            let mut message = Message::build_singular();
            catalog
                .append_or_update(message.with_msgid((*english).into()).with_msgstr((*german).into()).done());
        }
        catalog
    }

    #[test]
    fn text_is_found_in_markdown_html_and_pictures() -> Result<()> {
        let page = "# Title\n\nText in\ntwo lines.\n\n<figure>\n<figcaption>Below</figcaption>\n</figure>\n\n{{#include x}}\n";
        assert_eq!(messages(Path::new("a.md"), page)?, ["Title", "Text in two lines.", "Below"]);
        let picture =
            "<svg><title id=\"a\">What it is</title><text x=\"1\">two</text><text x=\"2\">17</text></svg>";
        assert_eq!(messages(Path::new("a.svg"), picture)?, ["What it is", "two"]);
        let summary = "# Summary\n\n[One](one.md)\n[Two](two.md)\n\n# Part\n\n- [Three](three.md)\n";
        assert_eq!(messages(Path::new("SUMMARY.md"), summary)?, ["One", "Two", "Part", "Three"]);
        Ok(())
    }

    #[test]
    fn a_translated_page_keeps_includes_code_and_names() -> Result<()> {
        let catalog = german(&[
            ("A `short` title", "Ein `kurzer` Titel"),
            ("Text in two lines.", "Text in zwei Zeilen."),
            ("The caption", "Die Unterschrift"),
        ]);
        let text = translate(Path::new("a.md"), PAGE, &catalog)?;
        assert!(
            text.starts_with("# Ein `kurzer` Titel { #a-short-title }\n\nText in zwei Zeilen.\n\n"),
            "{text}"
        );
        assert!(text.contains("<figcaption>Die Unterschrift</figcaption>\n</figure>"), "{text}");
        for kept in [
            "{{#include ../x.svg}}",
            "$ echo \"# no\" // heading\n",
            "{{#include ../generated/quizzes/ch01.md}}",
        ] {
            assert!(text.contains(kept), "{kept} is not in {text}");
        }
        Ok(())
    }
}
