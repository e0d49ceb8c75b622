//! Words that are in no page: mdBook's own in its menu bar, the book's title, the notes on pages that are not translated.

use std::path::Path;

use mdbook_driver::errors::Result;
use polib::catalog::Catalog;

use crate::text;

/// Where the catalogs say that these messages are from.
pub const SOURCE: &str = "book/tool/interface.rs";

/// The name of the language that the reader is in, in that language.
pub const LANGUAGE: &str = "English";

/// What the switch to this language says when it is pointed at.
pub const SWITCH: &str = "This page in English";

/// A page of which less than half is translated is shown in English, below this.
pub const NOT_TRANSLATED: &str = "This page is not translated yet.";

/// A page of which more is translated, but not all, says so.
pub const PARTLY: &str = "Some paragraphs of this page are not translated yet.";

/// The words of mdBook's template, as they stand in quotes or between two tags.
pub const TEMPLATE: [&str; 16] = [
    "Table of contents",
    "Toggle Table of Contents",
    "Change theme",
    "Themes",
    "Light",
    "Search (`/`)",
    "Toggle Searchbar",
    "Search this book ...",
    "Print this book",
    "Page navigation",
    "Previous chapter",
    "Next chapter",
    "Keyboard shortcuts",
    "Press <kbd>←</kbd> or <kbd>→</kbd> to navigate between chapters",
    "Press <kbd>S</kbd> or <kbd>/</kbd> to search in the book",
    "Press <kbd>Esc</kbd> to hide this help",
];

/// The words of mdBook's scripts, as their strings begin.
pub const SCRIPTS: [&str; 5] =
    ["Copy to clipboard", "Copied!", " search result for ", " search results for ", "No search results for "];

/// All of these messages, with the title and the description of `book.toml`.
pub fn messages(workspace: &Path) -> Result<Vec<String>> {
    let config = mdbook_driver::config::Config::from_disk(workspace.join("book/book.toml"))?;
    let own = [LANGUAGE, SWITCH, NOT_TRANSLATED, PARTLY].map(str::to_owned);
    let book = config.book.title.into_iter().chain(config.book.description);
    Ok(own
        .into_iter()
        .chain(book)
        .chain(TEMPLATE.map(str::to_owned))
        .chain(SCRIPTS.map(str::to_owned))
        .collect())
}

/// A built page with mdBook's words translated.
pub fn translate(html: &str, catalog: &Catalog) -> String {
    let mut html = html.to_owned();
    for message in TEMPLATE {
        if let Some(translation) = text::find(catalog, message) {
            html = html.replace(&format!("=\"{message}\""), &format!("=\"{translation}\""));
            html = html.replace(&format!(">{message}<"), &format!(">{translation}<"));
        }
    }
    html
}

/// A script of mdBook's with its words translated.
pub fn translate_script(script: &str, catalog: &Catalog) -> String {
    let mut script = script.to_owned();
    for message in SCRIPTS {
        if let Some(translation) = text::find(catalog, message) {
            script =
                script.replace(&format!("'{message}"), &format!("'{}", translation.replace('\'', "\\'")));
        }
    }
    script
}
