//! Writes the stubs in `exercises` and the solutions in `solutions` from the chapters' units:
//! `cargo run -p tutor -- generate`. With `--check` it only says where they differ. And the catalogs of what is said to
//! students: `cargo run -p tutor -- messages`. And what students must get when their own program does not compile:
//! `cargo run -p tutor -- hint 3.2`.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Parser, Subcommand};
use tutor::{Desk, Kept, commands::Aside};

/// Keeps exercises and solutions what the chapters say; and has hints for whose program does not compile.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    #[command(flatten)]
    Aside(Aside),
    /// Write all stubs and solutions anew; what was in exercises/src is kept in exercises/.tutor
    #[command(hide = true)] // students are sent to this program
    Generate {
        /// Write nothing; fail if something differs
        #[arg(long)]
        check: bool,
    },
    /// Bring the catalogs in chapters/tutor/po up to date: what is said to students, for translators
    #[command(hide = true)]
    Messages,
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Aside(aside) => aside.run(&workspace().join("exercises")).map(|()| ExitCode::SUCCESS),
        Command::Generate { check } => generate(check),
        Command::Messages => messages(),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            cli::complain("tutor", &error);
            ExitCode::FAILURE
        }
    }
}

fn workspace() -> PathBuf {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    fs_err::canonicalize(&workspace).unwrap_or(workspace) // its path is said, and is short so
}

fn generate(check: bool) -> sys::Result<ExitCode> {
    let workspace = workspace();
    let drifted = tutor::sources::drift(&workspace)?;
    for path in &drifted {
        anstream::println!("{}", path.display());
    }
    if check {
        return Ok(if drifted.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let desk = Desk::new(workspace.join("exercises"));
    for file in tutor::sources::generate(&workspace)? {
        let name = file.path.file_name().and_then(|name| name.to_str());
        if let Some(name) = name.filter(|_| file.path.starts_with("exercises/src")) {
            // It may be somebody's work.
            if let Some(Kept { file, copy }) = desk.overwrite(name, &file.text)? {
                anstream::eprintln!("{file} is the stub again; what was in it is in {}", copy.display());
            }
        } else {
            fs_err::write(workspace.join(file.path), file.text)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn messages() -> sys::Result<ExitCode> {
    for (language, _) in tutor::language::CATALOGS {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("po/{language}.po"));
        let catalog = fs_err::read_to_string(&path)?; // not the one in the program, which may be older
        fs_err::write(path, tutor::language::updated(language, &catalog))?;
    }
    Ok(ExitCode::SUCCESS)
}
