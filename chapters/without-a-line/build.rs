//! Writes every stage once for each line that its chapter added, without that line.
//!
//! All of them are compiled once, into one test program, and chosen at run time.

use std::{
    fmt::Write,
    path::{Path, PathBuf},
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let chapters = chapter_folders()?;
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    let (mut modules, mut table, mut scripts) = (String::new(), String::new(), String::new());
    let mut before = String::new();
    for (index, folder) in chapters.iter().enumerate() {
        let chapter = index + 1;
        let file = folder.join("src/stage.rs");
        println!("cargo::rerun-if-changed={}", file.display());
        let stage = fs_err::read_to_string(&file)?;
        for number in lines_of_chapter(&stage, &before) {
            let name = format!("stage_{chapter}_without_line_{}", number + 1);
            let path = out.join(format!("{name}.rs"));
            fs_err::write(&path, without(&stage, number, chapter))?;
            let line = stage.lines().nth(number).unwrap_or_default();
            let code = line.split("//").next().unwrap_or_default().trim();
            writeln!(modules, "#[path = {path:?}]\n#[allow(unused, missing_docs)]\nmod {name};")?;
            let whole = line.trim();
            writeln!(
                table,
                "    Mutant {{ chapter: {chapter}, line: {code:?}, whole: {whole:?}, main: {name}::main }},"
            )?;
        }
        writeln!(scripts, "    {:?},", script(&stage).map(|(_, line)| line).collect::<Vec<_>>().join("\n"))?;
        before = stage;
    }
    let tables =
        format!("const MUTANTS: &[Mutant] = &[\n{table}];\nconst SCRIPTS: &[&str] = &[\n{scripts}];\n");
    fs_err::write(out.join("mutants.rs"), modules + &tables)?;
    Ok(())
}

/// The folders `chNN-…` beside this package, in the order of the book.
fn chapter_folders() -> Result<Vec<PathBuf>, Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=..");
    let mut folders = Vec::new();
    for entry in fs_err::read_dir("..")? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with("ch")
            && name.contains('-')
            && Path::new(&entry.path()).join("src/stage.rs").exists()
        {
            folders.push(entry.path());
        }
    }
    folders.sort();
    Ok(folders)
}

/// The two functions of a stage, with the numbers of their lines.
fn script(stage: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = stage.lines().enumerate().skip_while(|(_, line)| !line.contains("ANCHOR: stage"));
    lines.skip(1).take_while(|(_, line)| !line.contains("ANCHOR_END: stage"))
}

/// The numbers of the lines in the script of `stage` that the stage `before` does not have and that can
/// be taken away: a value that later lines use cannot, unless it only takes the place of an earlier one of the same
/// name, nor can the one that everything ends with.
fn lines_of_chapter(stage: &str, before: &str) -> Vec<usize> {
    let removable = |line: &str| {
        let code = line.split("//").next().unwrap_or_default().trim();
        let name = code.strip_prefix("let ").and_then(|rest| rest.split(" =").next());
        let is_replaced = |name: &str| code.contains(&format!("({name},"));
        (code.ends_with(';') || code.ends_with(',')) && name.is_none_or(is_replaced) && !code.starts_with(']')
    };
    let new = |line: &str| !before.lines().any(|earlier| earlier == line);
    script(stage).filter(|(_, line)| removable(line) && new(line)).map(|(number, _)| number).collect()
}

/// The stage without one line, made fit to stand outside of its chapter.
fn without(stage: &str, number: usize, chapter: usize) -> String {
    let lines = stage.lines().enumerate().filter(|(index, _)| *index != number);
    let text: Vec<&str> = lines.map(|(_, line)| line).collect();
    text.join("\n").replace("use crate::", &format!("use ch{chapter:02}::"))
}
