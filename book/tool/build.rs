//! `build`: the HTML pages, once.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf, absolute},
    process::{Command, Stdio},
};

use clap::Args;
use mdbook_driver::{MDBook, errors::Result};

use crate::{complain, generate};

/// Build the book into HTML pages
#[derive(Args)]
#[command(after_help = "Example:\n  cargo run -p book -- build --open")]
pub struct Build {
    #[command(flatten)]
    output: Output,
}

/// Where the pages go and who looks at them.
#[derive(Args)]
pub struct Output {
    /// Write the pages to this directory and not to book/out; what it holds is removed first
    #[arg(short, long, value_name = "DIR")]
    pub dest_dir: Option<PathBuf>,

    /// Open the book in the web browser
    #[arg(short, long)]
    pub open: bool,
}

impl Build {
    /// Build, say where the pages are, and show them if asked.
    pub fn run(self) -> Result<()> {
        generate::check(workspace())?;
        let pages = build(self.output.dest_dir.as_deref())?;
        let index = pages.join("index.html");
        anstream::println!("The book is built: {}", index.display());
        if self.output.open {
            open(index.as_os_str());
        }
        Ok(())
    }
}

/// The directory with `book.toml`.
const BOOK: &str = env!("CARGO_MANIFEST_DIR");

/// The directory that holds the book and the chapters.
pub fn workspace() -> &'static Path {
    Path::new(BOOK).parent().expect("the book is a member of a workspace")
}

/// Build the book as `mdbook build book --dest-dir DEST` does; returns the directory with the pages.
pub fn build(dest_dir: Option<&Path>) -> Result<PathBuf> {
    let mut book = MDBook::load(BOOK)?;
    if let Some(dir) = dest_dir {
        book.config.build.build_dir = absolute(dir)?; // mdBook takes a relative one from book/, a shell user from here
    }
    book.build()?;
    Ok(book.build_dir_for("html"))
}

/// Show a file or an address in the user's browser. Without a desktop that cannot work, and is no reason to stop.
pub fn open(target: &OsStr) {
    let quiet = Command::new("xdg-open").arg(target).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    if let Err(error) = quiet {
        complain(format_args!("--open: xdg-open: {error}; open {} in a browser", target.display()));
    }
}
