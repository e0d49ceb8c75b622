//! Writes a whole student's runtime for each wrong answer: the solutions, with the mistake in them.
//!
//! All of them are compiled once, into one test program, and chosen at run time. What a mistake does not touch is
//! the package `solutions` itself: to compile everything for each of them would take minutes, and most of the memory.

use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
    fmt::Write,
    path::{Path, PathBuf},
};

#[path = "../tutor/src/text.rs"]
#[allow(dead_code, missing_docs)]
mod text;

const SOLUTIONS: &str = "../../solutions/src";
const WRONG: &str = "../../exercises/wrong";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={SOLUTIONS}\ncargo::rerun-if-changed={WRONG}");
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    let solutions = files(SOLUTIONS)?;
    let (mut modules, mut table) = (String::new(), String::new());
    for (number, (name, answer)) in files(WRONG)?.iter().enumerate() {
        let folder = out.join(format!("wrong_{number}"));
        fs_err::create_dir_all(&folder)?;
        writeln!(modules, "mod wrong_{number} {{")?;
        let files = apply(answer, &solutions).map_err(|problem| format!("{name}: {problem}"))?;
        let touched = touched(&files, &solutions);
        for (file, text) in files {
            let path = folder.join(&file);
            let Some(module) = file.strip_suffix(".rs") else {
                fs_err::write(path, text)?; // data that a source includes
                continue;
            };
            if module == "lib" || module == "main" {
                continue;
            }
            if !touched.contains(&file) {
                writeln!(modules, "    #[allow(unused)]\n    pub use solutions::{module};")?;
                continue;
            }
            fs_err::write(&path, text.replace("crate::", "super::"))?;
            writeln!(
                modules,
                "    #[path = {path:?}]\n    #[allow(unused, missing_docs, clippy::struct_excessive_bools, clippy::unused_self, clippy::unnecessary_wraps)]\n    pub mod {module};"
            )?;
        }
        writeln!(modules, "}}")?;
        writeln!(
            table,
            "    Wrong {{ name: {:?}, main: wrong_{number}::stage::main }},",
            name.trim_end_matches(".rs")
        )?;
    }
    fs_err::write(out.join("wrong.rs"), format!("{modules}\nconst WRONG: &[Wrong] = &[\n{table}];\n"))?;
    Ok(())
}

/// The modules of `files` that differ from the solutions, and what must be compiled with them: modules that use one of
/// them, and modules of which one of them uses what only their own crate may use. The stage is always among them, and
/// uses only what everybody may use.
fn touched(files: &BTreeMap<String, String>, solutions: &BTreeMap<String, String>) -> BTreeSet<String> {
    let mut modules = files.clone();
    modules.retain(|file, _| file.strip_suffix(".rs").is_some_and(|name| name != "lib" && name != "main"));
    let names = |text: &str, file: &str| text.contains(&format!("{}::", file.trim_end_matches(".rs")));
    let mut touched = BTreeSet::from(["stage.rs".to_owned()]);
    loop {
        let belongs = |file: &str, text: &str| {
            let is_private = text.contains("pub(crate)");
            let needed = |other: &String| is_private && other != "stage.rs" && names(&modules[other], file);
            solutions.get(file).is_none_or(|solved| solved != text)
                || touched.iter().any(|other| names(text, other) || needed(other))
        };
        let more = modules.iter().find(|(file, text)| !touched.contains(*file) && belongs(file, text));
        let Some((file, _)) = more else { return touched };
        touched.insert(file.clone());
    }
}

/// The source files in `folder` by their names, and the data that they include.
fn files(folder: &str) -> Result<BTreeMap<String, String>, Box<dyn Error>> {
    let mut files = BTreeMap::new();
    for entry in fs_err::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "rs" || extension == "json") {
            files.insert(name_of(&path), fs_err::read_to_string(&path)?);
        }
    }
    Ok(files)
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// What a section does to the text of a file; nothing comes back if the text does not have what it means.
type Change<'a> = Box<dyn Fn(&str) -> Option<String> + 'a>;

/// The solutions with one wrong answer in them. Its text says, section by section, what is other:
///
/// ```text
/// // part FILE FUNCTION       the lines that follow are its body
/// // value FILE CONSTANT      the line that follows is its value
/// // stage without: CODE      the stage has no such line
/// // stage after: CODE        the lines that follow stand after that line
/// ```
fn apply(answer: &str, solutions: &BTreeMap<String, String>) -> Result<BTreeMap<String, String>, String> {
    let mut files = solutions.clone();
    let mut sections: Vec<(&str, String)> = Vec::new();
    for line in answer.lines().filter(|line| !line.starts_with("//!")) {
        if let Some(section) = line.strip_prefix("// ").filter(|_| !line.starts_with(' ')) {
            sections.push((section, String::new()));
        } else if let Some((_, lines)) = sections.last_mut() {
            *lines += &format!("{line}\n");
        }
    }
    for (section, lines) in sections {
        let words: Vec<&str> = section.split(' ').collect();
        let (file, change): (&str, Change) = match (section, words.as_slice()) {
            (_, ["part", file, name]) => (file, Box::new(move |text| text::with_body(text, name, &lines))),
            (_, ["value", file, name]) => {
                (file, Box::new(move |text| text::with_value(text, name, lines.trim())))
            }
            (section, _) if section.starts_with("stage without: ") => (
                "stage.rs",
                Box::new(move |text| text::without_line(text, &section["stage without: ".len()..])),
            ),
            (section, _) if section.starts_with("stage after: ") => (
                "stage.rs",
                Box::new(move |text| text::with_lines_after(text, &section["stage after: ".len()..], &lines)),
            ),
            _ => return Err(format!("what is {section:?}?")),
        };
        let text = files.get_mut(file).ok_or_else(|| format!("there is no {file}"))?;
        *text = change(text).ok_or_else(|| format!("{file} does not have what {section:?} means"))?;
    }
    Ok(files)
}
