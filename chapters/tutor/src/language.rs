//! What is said to students, in their language: from `po/LANG.po`, which are in the program.
//!
//! The language is that of MINICONTAINER_LANG, or else of LC_ALL, LC_MESSAGES or LANG, as in gettext(3). What has no
//! translation is said in English. Stubs, test names and reports for graders are always English.

use std::{collections::BTreeMap, fmt::Display, sync::LazyLock};

use crate::{EXERCISES, MISCONCEPTIONS, misconceptions::OF_ANY};

/// The catalogs: a language's name and its file.
pub const CATALOGS: [(&str, &str); 1] = [("de", include_str!("../po/de.po"))];

/// The files in which `say` and `fill` are called.
const SOURCES: [&str; 3] =
    [include_str!("commands.rs"), include_str!("harness.rs"), include_str!("summary.rs")];

/// A message, where it stands, and what a translator made of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Entry {
    /// Such as `1.1 hint 2`.
    pub place: String,
    /// In English.
    pub message: String,
    /// Empty where there is none.
    pub translation: String,
    /// The English has changed since.
    pub fuzzy: bool,
}

/// The message in the user's language.
pub fn say(message: &str) -> &str {
    static WORDS: LazyLock<BTreeMap<String, String>> =
        LazyLock::new(|| words(&language(|name| std::env::var(name).ok())));
    WORDS.get(message).map_or(message, String::as_str)
}

/// The message in the user's language, with values for its `{names}`.
pub fn fill(message: &str, values: &[(&str, &dyn Display)]) -> String {
    let text = say(message).to_owned();
    values.iter().fold(text, |text, (name, value)| text.replace(&format!("{{{name}}}"), &value.to_string()))
}

/// The name of the wanted language, as in `de_AT.UTF-8`.
fn language(variable: impl Fn(&str) -> Option<String>) -> String {
    let names = ["MINICONTAINER_LANG", "LC_ALL", "LC_MESSAGES", "LANG"];
    names.into_iter().find_map(|name| variable(name).filter(|value| !value.is_empty())).unwrap_or_default()
}

fn words(language: &str) -> BTreeMap<String, String> {
    let wanted = language.split(['_', '.', '@']).next().unwrap_or_default();
    let catalog = CATALOGS.iter().find(|(name, _)| *name == wanted).map_or("", |(_, catalog)| catalog);
    let certain = parse(catalog).into_iter().filter(|entry| !entry.fuzzy && !entry.translation.is_empty());
    certain.map(|entry| (entry.message, entry.translation)).collect()
}

/// The entries of a catalog, its head aside.
pub fn parse(catalog: &str) -> Vec<Entry> {
    let entries = catalog.split("\n\n").map(parse_one);
    entries.filter(|entry| !entry.message.is_empty()).collect()
}

fn parse_one(text: &str) -> Entry {
    let mut entry = Entry::default();
    let mut of_translation = false;
    for line in text.lines() {
        match line.split_once(' ') {
            Some(("#:", place)) => place.clone_into(&mut entry.place),
            Some(("#,", flags)) => entry.fuzzy = flags.contains("fuzzy"),
            Some(("msgid", _)) => of_translation = false,
            Some(("msgstr", _)) => of_translation = true,
            _ => {}
        }
        let field = if of_translation { &mut entry.translation } else { &mut entry.message };
        *field += &quoted(line).unwrap_or_default();
    }
    entry
}

/// What stands in quotes on a line of a catalog.
fn quoted(line: &str) -> Option<String> {
    let (before, rest) = line.split_once('"')?;
    let is_text = matches!(before, "" | "msgid " | "msgstr ");
    is_text.then(|| unescape(rest.strip_suffix('"').unwrap_or(rest)))
}

fn unescape(text: &str) -> String {
    let mut letters = text.chars();
    let mut plain = String::new();
    while let Some(letter) = letters.next() {
        plain.extend(if letter == '\\' {
            letters.next().map(|it| if it == 'n' { '\n' } else { it })
        } else {
            Some(letter)
        });
    }
    plain
}

fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

/// All messages with their places: of the exercises, of the known mistakes, of the programs.
pub fn messages() -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = Vec::new();
    for exercise in EXERCISES {
        all.push((format!("{} title", exercise.id), exercise.title.into()));
        for (number, hint) in (1..).zip(exercise.hints) {
            all.push((format!("{} hint {number}", exercise.id), hint.into()));
        }
        all.push((format!("{} note", exercise.id), exercise.note.into()));
        let mistakes = MISCONCEPTIONS.iter().filter(|mistake| mistake.exercise == exercise.id);
        all.extend(mistakes.map(|it| (format!("{} {}", it.exercise, it.name), it.says.into())));
    }
    all.extend(OF_ANY.iter().map(|it| (format!("any {}", it.name), it.says.into())));
    all.extend(SOURCES.iter().flat_map(|source| said_in(source)));
    all
}

/// The messages of `say("…")` and `fill("…")`.
fn said_in(source: &str) -> Vec<(String, String)> {
    let calls = source.split("say(").skip(1).chain(source.split("fill(").skip(1));
    let literals = calls.filter_map(|rest| rest.trim_start().strip_prefix('"'));
    let texts = literals.filter_map(|rest| rest.split('"').next());
    texts.map(|text| ("program".into(), unescape(text))).collect()
}

/// The catalog as it should be: all messages of today, with the translations that there are. One whose message has
/// changed at its place is kept, and marked as fuzzy.
pub fn updated(language: &str, catalog: &str) -> String {
    let old = parse(catalog);
    let mut new: Vec<Entry> = Vec::new();
    for (place, message) in messages() {
        if !new.iter().any(|entry| entry.message == message) {
            new.push(entry(place, message, &old));
        }
    }
    let head = format!(
        "msgid \"\"\nmsgstr \"\"\n\"Language: {language}\\n\"\n\"Content-Type: text/plain; charset=UTF-8\\n\"\n\
         \"Content-Transfer-Encoding: 8bit\\n\"\n"
    );
    new.iter().fold(head, |text, entry| text + "\n" + &write(entry))
}

fn entry(place: String, message: String, old: &[Entry]) -> Entry {
    let same = old.iter().find(|entry| entry.message == message);
    let before =
        old.iter().find(|entry| entry.place == place && place != "program" && !entry.translation.is_empty());
    match (same, before) {
        (Some(same), _) => Entry { place, ..same.clone() },
        (None, Some(before)) => {
            Entry { place, message, translation: before.translation.clone(), fuzzy: true }
        }
        (None, None) => Entry { place, message, ..Entry::default() },
    }
}

fn write(entry: &Entry) -> String {
    let Entry { place, message, translation, fuzzy } = entry;
    let flags = if *fuzzy { "#, fuzzy\n" } else { "" };
    format!("#: {place}\n{flags}msgid \"{}\"\nmsgstr \"{}\"\n", escape(message), escape(translation))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_found_as_gettext_finds_it() {
        let with = |set: &[(&str, &str)]| {
            let set: BTreeMap<_, _> = set.iter().copied().collect();
            language(|name| set.get(name).map(|value| (*value).to_owned()))
        };
        assert_eq!(with(&[]), "");
        assert_eq!(with(&[("LANG", "de_DE.UTF-8"), ("LC_ALL", "")]), "de_DE.UTF-8");
        assert_eq!(with(&[("LANG", "de_DE.UTF-8"), ("LC_ALL", "C")]), "C");
        assert_eq!(with(&[("LC_ALL", "C"), ("MINICONTAINER_LANG", "de")]), "de");
        assert_eq!(words("de_AT.UTF-8").get("solved").map(String::as_str), Some("gelöst"));
        assert!(words("C.UTF-8").is_empty() && words("").is_empty());
    }

    #[test]
    fn the_catalogs_have_the_messages_of_today() {
        for (language, catalog) in CATALOGS {
            assert!(updated(language, catalog) == catalog, "{language}.po: cargo run -p tutor -- messages");
        }
    }

    #[test]
    fn what_is_said_in_chapters_1_to_3_is_translated() {
        for (language, catalog) in CATALOGS {
            let first =
                |place: &str| ["1.", "2.", "3.", "any ", "program"].iter().any(|it| place.starts_with(it));
            let missing: Vec<_> = parse(catalog)
                .into_iter()
                .filter(|entry| first(&entry.place) && (entry.fuzzy || entry.translation.is_empty()))
                .collect();
            assert!(missing.is_empty(), "{language}: {missing:#?}");
        }
    }

    #[test]
    fn a_translation_has_the_names_of_its_message() {
        let names = |text: &str| {
            let mut names: Vec<_> =
                text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0.to_owned())).collect();
            names.sort();
            names
        };
        for entry in CATALOGS.iter().flat_map(|(_, catalog)| parse(catalog)) {
            let same = entry.translation.is_empty()
                || entry.place != "program"
                || names(&entry.message) == names(&entry.translation);
            assert!(same, "{entry:?}");
        }
    }

    #[test]
    fn a_changed_message_is_fuzzy_and_a_catalog_is_read_as_it_was_written() {
        let old = [Entry {
            place: "1.1 hint 1".into(),
            message: "Be\\gin \"so\".".into(),
            translation: "So.".into(),
            fuzzy: false,
        }];
        assert_eq!(parse(&write(&old[0])), old);
        assert!(!entry("1.1 hint 2".into(), old[0].message.clone(), &old).fuzzy);
        let changed = entry("1.1 hint 1".into(), "Begin otherwise.".into(), &old);
        assert_eq!((changed.translation.as_str(), changed.fuzzy), ("So.", true));
    }
}
