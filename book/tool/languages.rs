//! The other languages of the book: each from its catalog into a directory of its own, and the switch between them.
//!
//! A translated copy of the sources is made and built as the book itself is. A stock `mdbook build book` knows none of
//! this: it makes the English pages, without a switch.

use std::path::{Path, PathBuf};

use fs_err::os::unix::fs::symlink;
use mdbook_driver::{MDBook, config::Config, errors::Result};
use polib::catalog::Catalog;

use crate::{interface, po, text};

/// A language: its name in addresses and its catalog.
struct Language {
    name: String,
    catalog: Catalog,
}

/// Build all other languages below `pages`, where the English book is, and put the switch into every page.
pub fn build(workspace: &Path, pages: &Path) -> Result<()> {
    let mut languages = Vec::new();
    for name in po::languages(workspace)? {
        let catalog = po::catalog(workspace, &name)?;
        languages.push(Language { name, catalog });
    }
    for language in &languages {
        language.build(workspace, &pages.join(&language.name))?;
    }
    switch(pages, &languages)
}

impl Language {
    fn build(&self, workspace: &Path, dest: &Path) -> Result<()> {
        let copy = tempfile::tempdir()?;
        self.copy(workspace, copy.path())?;
        let mut config = Config::from_disk(workspace.join("book/book.toml"))?;
        let translated = |text: Option<String>| text.map(|text| self.find(&text).to_owned());
        config.book.title = translated(config.book.title.take());
        config.book.description = translated(config.book.description.take());
        config.book.language = Some(self.name.clone());
        config.build.build_dir = dest.into();
        config.set("output.html.input-404", "")?; // a server has one such page, at its root
        MDBook::load_with_config(copy.path().join("book"), config)?.build()?;
        self.translate_interface(dest, "html", interface::translate)?;
        self.translate_interface(dest, "js", interface::translate_script)
    }

    /// Translate mdBook's own words in the built files.
    fn translate_interface(
        &self,
        dest: &Path,
        extension: &str,
        how: fn(&str, &Catalog) -> String,
    ) -> Result<()> {
        for file in files(dest, extension)? {
            let text = fs_err::read_to_string(&file)?;
            fs_err::write(&file, how(&text, &self.catalog))?;
        }
        Ok(())
    }

    /// The message in this language, or as it is.
    fn find<'a>(&'a self, message: &'a str) -> &'a str {
        text::find(&self.catalog, message).unwrap_or(message)
    }

    /// A workspace in which all that can be translated is, and everything else is the real one.
    fn copy(&self, workspace: &Path, copy: &Path) -> Result<()> {
        link_all(workspace, copy, &|name| name == "book")?;
        let own = ["src", "generated", "pictures", "out"];
        link_all(&workspace.join("book"), &copy.join("book"), &|name| own.contains(&name))?;
        let files = po::files(workspace)?;
        for dir in &own[..3] {
            let is_translated =
                |name: &str| files.iter().any(|file| file.starts_with(Path::new(dir).join(name)));
            link_all(&workspace.join("book").join(dir), &copy.join("book").join(dir), &is_translated)?;
        }
        for file in files {
            let to = copy.join("book").join(&file);
            fs_err::create_dir_all(to.parent().unwrap_or(copy))?;
            fs_err::write(to, self.file(workspace, &file)?)?;
        }
        Ok(())
    }

    /// A file of `book` in this language. A quiz or a picture is in the language of its page.
    fn file(&self, workspace: &Path, file: &Path) -> Result<String> {
        let english = fs_err::read_to_string(workspace.join("book").join(file))?;
        let is_page = file.starts_with("src") && !file.ends_with("SUMMARY.md");
        let page = if is_page { Some(file.to_path_buf()) } else { page_with(workspace, file)? };
        let (done, all) = page.map_or(Ok((1, 1)), |page| self.state(workspace, &page))?;
        let note = match (is_page, done) {
            (false, _) if done * 2 < all => return Ok(english),
            (true, _) if done * 2 < all => {
                let note = self.note(interface::NOT_TRANSLATED);
                return Ok(format!("{note}<div lang=\"en\">\n\n{english}\n</div>\n"));
            }
            (true, _) if done < all => self.note(interface::PARTLY),
            _ => String::new(),
        };
        Ok(note + &text::translate(file, &english, &self.catalog)?)
    }

    fn note(&self, message: &str) -> String {
        format!("<div class=\"untranslated\" role=\"note\">\n\n{}\n\n</div>\n\n", self.find(message))
    }

    /// How many messages of a page, its quiz and its pictures are translated, and how many there are.
    fn state(&self, workspace: &Path, page: &Path) -> Result<(usize, usize)> {
        let messages = messages_of_page(workspace, page)?;
        let done = messages.iter().filter(|message| text::find(&self.catalog, message).is_some()).count();
        Ok((done, messages.len()))
    }
}

/// The messages of a page, and of the quiz and the pictures that it includes.
fn messages_of_page(workspace: &Path, page: &Path) -> Result<Vec<String>> {
    let book = workspace.join("book");
    let markdown = fs_err::read_to_string(book.join(page))?;
    let mut messages = text::messages(page, &markdown)?;
    let included = markdown.split("{{#include ../").skip(1).filter_map(|rest| Some(rest.split_once("}}")?.0));
    for file in included.map(Path::new).filter(|file| is_translatable(file)) {
        messages.extend(text::messages(file, &fs_err::read_to_string(book.join(file))?)?);
    }
    Ok(messages)
}

/// Includes of other files are code and transcripts.
fn is_translatable(file: &Path) -> bool {
    let is_generated =
        file.parent() == Some(Path::new("generated")) && file.extension().is_some_and(|it| it == "md");
    is_generated
        || file.starts_with("generated/quizzes")
        || file.starts_with("generated/demos")
        || file.starts_with("pictures")
}

/// The page that includes a quiz or a picture.
fn page_with(workspace: &Path, file: &Path) -> Result<Option<PathBuf>> {
    let include = format!("{{{{#include ../{}}}}}", file.display());
    for page in files(&workspace.join("book/src"), "md")? {
        if fs_err::read_to_string(&page)?.contains(&include) {
            return Ok(Some(Path::new("src").join(page.file_name().unwrap_or_default())));
        }
    }
    Ok(None)
}

/// In `copy`, a link to each thing in `dir` but those.
fn link_all(dir: &Path, copy: &Path, but: &dyn Fn(&str) -> bool) -> Result<()> {
    fs_err::create_dir_all(copy)?;
    for entry in fs_err::read_dir(dir)? {
        let name = entry?.file_name();
        if !but(&name.to_string_lossy()) {
            symlink(dir.join(&name), copy.join(&name))?;
        }
    }
    Ok(())
}

fn files(dir: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs_err::read_dir(dir)? {
        let path = entry?.path();
        files.extend(path.extension().is_some_and(|it| it == extension).then_some(path));
    }
    Ok(files)
}

/// Put the way to the same page of the other languages into every page: in the menu bar, and in the head for machines.
fn switch(pages: &Path, languages: &[Language]) -> Result<()> {
    for page in files(pages, "html")? {
        put(&page, &languages.iter().map(|language| Way::to(language, &page)).collect::<Vec<_>>())?;
    }
    for here in languages {
        for page in files(&pages.join(&here.name), "html")? {
            let others = languages.iter().filter(|language| language.name != here.name);
            let ways = [Way::home(&page)].into_iter().chain(others.map(|other| Way::across(other, &page)));
            put(&page, &ways.collect::<Vec<_>>())?;
        }
    }
    Ok(())
}

/// A link to a page in another language.
struct Way {
    href: String,
    language: String,
    name: String,
    title: String,
}

impl Way {
    /// From an English page.
    fn to(language: &Language, page: &Path) -> Way {
        Way {
            href: format!("{}/{}", language.name, counterpart(page)),
            language: language.name.clone(),
            name: language.find(interface::LANGUAGE).into(),
            title: language.find(interface::SWITCH).into(),
        }
    }

    /// From a page of another language than English to a third one.
    fn across(language: &Language, page: &Path) -> Way {
        let way = Way::to(language, page);
        Way { href: format!("../{}", way.href), ..way }
    }

    /// Back to English.
    fn home(page: &Path) -> Way {
        Way {
            href: format!("../{}", counterpart(page)),
            language: "en".into(),
            name: interface::LANGUAGE.into(),
            title: interface::SWITCH.into(),
        }
    }

    fn in_the_menu(&self) -> String {
        let Way { href, language, name, title } = self;
        format!(
            "<a class=\"language\" href=\"{href}\" lang=\"{language}\" hreflang=\"{language}\" rel=\"alternate\" \
             title=\"{title}\">{name}</a>\n"
        )
    }

    fn in_the_head(&self) -> String {
        format!("<link rel=\"alternate\" hreflang=\"{}\" href=\"{}\">\n", self.language, self.href)
    }
}

/// The page of the same name; the one for what is not found has none.
fn counterpart(page: &Path) -> String {
    let name = page.file_name().unwrap_or_default().to_string_lossy();
    if name == "404.html" { "index.html".into() } else { name.into_owned() }
}

/// Pages without a menu bar, such as the frame with the contents, stay as they are.
fn put(page: &Path, ways: &[Way]) -> Result<()> {
    const MENU: &str = "<div class=\"right-buttons\">\n";
    let html = fs_err::read_to_string(page)?;
    if html.contains(MENU) {
        let menu: String = ways.iter().map(Way::in_the_menu).collect();
        let head: String = ways.iter().map(Way::in_the_head).collect();
        let html = html.replacen(MENU, &format!("{MENU}{menu}"), 1);
        fs_err::write(page, html.replacen("</head>", &format!("{head}</head>"), 1))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::workspace;

    /// Pages that are in every language, with their quizzes and pictures.
    const COMPLETE: [&str; 6] = [
        "src/SUMMARY.md",
        "src/introduction.md",
        "src/setup.md",
        "src/ch01-process.md",
        "src/ch02-hostname.md",
        "src/ch03-pid-namespace.md",
    ];

    #[test]
    fn what_must_be_translated_is() -> Result<()> {
        for language in po::languages(workspace())? {
            let catalog = po::catalog(workspace(), &language)?;
            let mut messages = interface::messages(workspace())?;
            for page in COMPLETE {
                messages.extend(messages_of_page(workspace(), Path::new(page))?);
            }
            messages.retain(|message| text::find(&catalog, message).is_none());
            assert!(
                messages.is_empty(),
                "{language}: {} not translated, or fuzzy: {messages:#?}",
                messages.len()
            );
        }
        Ok(())
    }

    #[test]
    fn links_lead_to_the_same_page_and_back() {
        let catalog = Catalog::new(polib::metadata::CatalogMetadata::new());
        let german = Language { name: "de".into(), catalog };
        assert_eq!(Way::to(&german, Path::new("out/ch01.html")).href, "de/ch01.html");
        assert_eq!(Way::home(Path::new("out/de/ch01.html")).href, "../ch01.html");
        assert_eq!(Way::to(&german, Path::new("out/404.html")).href, "de/index.html");
    }
}
