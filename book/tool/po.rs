//! The catalogs: `book/po/messages.pot` with all messages, and `book/po/LANG.po` with their translations.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use mdbook_driver::errors::{Error, Result};
use polib::{
    catalog::Catalog,
    message::{Message, MessageFlags, MessageView},
    metadata::CatalogMetadata,
    po_file,
};
use similar::TextDiff;

use crate::{interface, text};

/// How alike two messages are, of 1, when a translation of the one is worth a look for the other.
const ALIKE: f32 = 0.6;

/// Where translatable files are, in `book`, in the order of the catalogs.
const DIRS: [(&str, &str); 5] = [
    ("src", "md"),
    ("generated", "md"),
    ("generated/quizzes", "md"),
    ("pictures", "svg"),
    ("generated/demos", "md"),
];

/// Files of `book` that can be translated, by their path in it. SUMMARY.md is the first.
pub fn files(workspace: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for (dir, extension) in DIRS {
        let mut found = Vec::new();
        for entry in fs_err::read_dir(workspace.join("book").join(dir))? {
            let path = Path::new(dir).join(entry?.file_name());
            found.extend(path.extension().is_some_and(|it| it == extension).then_some(path));
        }
        found.sort();
        files.extend(found);
    }
    Ok(files)
}

/// A message and the files in which it occurs.
struct Found {
    message: String,
    files: Vec<String>,
}

/// All messages, in the order in which a reader meets them.
fn found(workspace: &Path) -> Result<Vec<Found>> {
    let mut all: Vec<Found> = Vec::new();
    for message in interface::messages(workspace)? {
        note(&mut all, message, interface::SOURCE);
    }
    for file in files(workspace)? {
        let path = Path::new("book").join(&file);
        let text = fs_err::read_to_string(workspace.join(&path))?;
        for message in text::messages(&file, &text)? {
            note(&mut all, message, &path.to_string_lossy());
        }
    }
    Ok(all)
}

fn note(all: &mut Vec<Found>, message: String, file: &str) {
    match all.iter_mut().find(|found| found.message == message) {
        Some(found) if found.files.iter().any(|known| known == file) => {}
        Some(found) => found.files.push(file.into()),
        None => all.push(Found { message, files: vec![file.into()] }),
    }
}

/// The languages that have a catalog: `de` for `book/po/de.po`.
pub fn languages(workspace: &Path) -> Result<Vec<String>> {
    let mut languages = BTreeSet::new();
    for entry in fs_err::read_dir(workspace.join("book/po"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        languages.extend(name.strip_suffix(".po").map(str::to_owned));
    }
    Ok(languages.into_iter().collect())
}

/// The catalog of a language.
pub fn catalog(workspace: &Path, language: &str) -> Result<Catalog> {
    let file = format!("book/po/{language}.po");
    po_file::parse(&workspace.join(&file)).map_err(|error| Error::msg(format!("{file}: {error}")))
}

/// The files of `book/po` as they should be: the template, and each catalog with what it has of translations.
pub fn everything(workspace: &Path) -> Result<Vec<(PathBuf, String)>> {
    let found = found(workspace)?;
    let empty = Catalog::new(CatalogMetadata::new());
    let mut files = vec![("book/po/messages.pot".into(), written(&merged(&found, &empty, ""))?)];
    for language in languages(workspace)? {
        let old = catalog(workspace, &language)?;
        files.push((format!("book/po/{language}.po").into(), written(&merged(&found, &old, &language))?));
    }
    Ok(files)
}

/// What `msgmerge` does: the messages of today, with the translations of yesterday. Where a message has changed, the
/// translation of the most similar one that is gone from the same file is kept, and marked as fuzzy.
fn merged(found: &[Found], old: &Catalog, language: &str) -> Catalog {
    let mut new = Catalog::new(metadata(language));
    let today: BTreeSet<&str> = found.iter().map(|found| found.message.as_str()).collect();
    let gone: Vec<&dyn MessageView> = old
        .messages()
        .filter(|message| message.is_translated() && !today.contains(message.msgid()))
        .collect();
    for Found { message, files } in found {
        let here = |other: &&&dyn MessageView| files.iter().any(|file| other.source().contains(file));
        let gone_here: Vec<&dyn MessageView> = gone.iter().filter(here).copied().collect();
        let (translation, fuzzy) = translation(message, old, &gone_here);
        let mut flags = MessageFlags::new();
        if fuzzy {
            flags.add_flag("fuzzy");
        }
        let mut built = Message::build_singular();
        built.with_source(files.join("\n")).with_flags(flags);
        new.append_or_update(built.with_msgid(message.clone()).with_msgstr(translation).done());
    }
    new
}

/// The translation that an old catalog has for a message, and whether somebody must look at it.
fn translation(message: &str, old: &Catalog, gone: &[&dyn MessageView]) -> (String, bool) {
    if let Some(known) = old.find_message(None, message, None).filter(|known| known.is_translated()) {
        return (known.msgstr().unwrap_or_default().into(), known.is_fuzzy());
    }
    let ratio = |other: &str| TextDiff::from_words(other, message).ratio();
    let alike = gone.iter().map(|other| (ratio(other.msgid()), other)).filter(|(ratio, _)| *ratio > ALIKE);
    let best = alike.max_by(|(one, _), (other, _)| one.total_cmp(other));
    best.map_or_else(Default::default, |(_, other)| (other.msgstr().unwrap_or_default().into(), true))
}

/// No dates: they would make a difference where there is none.
fn metadata(language: &str) -> CatalogMetadata {
    let mut metadata = CatalogMetadata::new();
    metadata.project_id_version = "minicontainer".into();
    metadata.mime_version = "1.0".into();
    metadata.content_type = "text/plain; charset=UTF-8".into();
    metadata.content_transfer_encoding = "8bit".into();
    metadata.language = language.into();
    metadata
}

/// A catalog as text: polib only writes files.
fn written(catalog: &Catalog) -> Result<String> {
    let file = tempfile::NamedTempFile::new()?;
    po_file::write(catalog, file.path())?;
    let text = fs_err::read_to_string(file.path())?;
    Ok(text.trim_start().trim_end().to_owned() + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(english: &str, german: &str) -> Message {
        let mut message = Message::build_singular();
        message
            .with_source("book/src/a.md".into())
            .with_msgid(english.into())
            .with_msgstr(german.into())
            .done()
    }

    fn of(message: &str) -> Found {
        Found { message: message.into(), files: vec!["book/src/a.md".into()] }
    }

    #[test]
    fn translations_are_kept_and_those_of_changed_messages_are_fuzzy() {
        let mut old = Catalog::new(metadata("de"));
        old.append_or_update(message("It is the same.", "Es ist gleich."));
        old.append_or_update(message("This one has five words.", "Dies hat fünf Wörter."));
        old.append_or_update(message("Gone", "Weg"));
        let today = [of("It is the same."), of("This one has six words."), of("Quite new")];
        let new = merged(&today, &old, "de");
        let all: Vec<_> = new.messages().map(|it| (it.msgstr().unwrap_or_default(), it.is_fuzzy())).collect();
        assert_eq!(all, [("Es ist gleich.", false), ("Dies hat fünf Wörter.", true), ("", false)]);
    }

    #[test]
    fn a_translation_leads_where_its_message_leads() -> Result<()> {
        let workspace = crate::build::workspace();
        for language in languages(workspace)? {
            for message in catalog(workspace, &language)?.messages().filter(|message| message.is_translated())
            {
                let translation = message.msgstr().unwrap_or_default();
                assert_eq!(links(message.msgid()), links(translation), "{language}: {translation}");
            }
        }
        Ok(())
    }

    fn links(text: &str) -> BTreeSet<&str> {
        text.split("](").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0)).collect()
    }

    #[test]
    fn a_catalog_is_read_as_it_was_written() -> Result<()> {
        let mut catalog = Catalog::new(metadata("de"));
        catalog.append_or_update(message("say \"hello\"\n", "sag \"hallo\"\n"));
        let file = tempfile::NamedTempFile::new()?;
        fs_err::write(file.path(), written(&catalog)?)?;
        let read = po_file::parse(file.path()).map_err(|error| Error::msg(error.to_string()))?;
        assert_eq!(written(&read)?, written(&catalog)?);
        assert_eq!(text::find(&read, "say \"hello\"\n"), Some("sag \"hallo\"\n"));
        Ok(())
    }
}
