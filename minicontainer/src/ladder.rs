//! `minicontainer ladder`: the conformance table, from real observations.

use std::{
    io::{IsTerminal, Write},
    process::ExitCode,
};

use checks::{Subject, ladder};

use crate::stages;

/// The flags of `ladder`.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Ladder {
    /// Only the rows that have this in their words or their name, such as `/proc` or `kill_neighbour`
    #[arg(value_name = "WORDS")]
    rows: Option<String>,
    /// Only the rows of this chapter
    #[arg(long, value_name = "CHAPTER")]
    chapter: Option<u8>,
    /// Print the table and every observation as JSON
    #[arg(long)]
    json: bool,
    /// Print what each subject showed, in words
    #[arg(long, conflicts_with = "json")]
    details: bool,
    /// More columns: podman and bwrap (bubblewrap), where they are installed
    ///
    /// Without them the table is the one of the book, with the same columns on every machine. With both it takes a third
    /// longer. What these two do not pass is no failure: a footnote says why.
    #[arg(long, value_delimiter = ',', value_name = "NAMES", hide_possible_values = true)]
    with: Vec<More>,
}

const EXAMPLES: &str = "\
Examples:
  minicontainer ladder                          the whole table
  minicontainer ladder --chapter 8              the rows of one chapter
  minicontainer ladder --details 'kill a'       one row, and what everybody showed
  minicontainer ladder --with podman,bwrap      with two columns more";

/// Columns that the book's table has not.
#[derive(Clone, Copy, clap::ValueEnum)]
enum More {
    Podman,
    Bwrap,
}

impl More {
    fn subject(self) -> Subject {
        match self {
            More::Podman => Subject::Podman,
            More::Bwrap => Subject::Bubblewrap,
        }
    }
}

/// Climb it. The exit code is 1 when the finished runtime does not pass a row.
pub fn run(flags: &Ladder) -> sys::Result<ExitCode> {
    let program = std::env::current_exe()?;
    let mut subjects = vec![Subject::Bare];
    subjects.extend((1..=stages::LAST).map(|chapter| Subject::stage_of(&program, chapter)));
    subjects.push(Subject::minicontainer(&program, stages::LAST));
    subjects.extend([Subject::oci("runc"), Subject::oci("crun")]);
    subjects.extend(flags.with.iter().map(|more| more.subject()));

    let ladder = ladder::climb(&subjects, |row| is_wanted(flags, row), show_progress);
    if ladder.rows.is_empty() {
        return Err(sys::Error::new("no row of the ladder is like that")
            .remedy("minicontainer ladder --json prints the names of all of them."));
    }
    if flags.json {
        let json =
            serde_json::to_string_pretty(&ladder).map_err(|error| sys::Error::new(error.to_string()))?;
        anstream::println!("{json}");
    } else {
        anstream::print!("{ladder}");
        if flags.details {
            anstream::print!("{}", ladder.details());
        }
    }
    let passes = ladder.open("minicontainer").is_empty();
    Ok(if passes { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn is_wanted(flags: &Ladder, row: &ladder::Row) -> bool {
    let words = flags.rows.as_deref().unwrap_or_default().to_lowercase();
    let is_like = row.text.to_lowercase().contains(&words) || row.name.contains(&words);
    is_like && flags.chapter.is_none_or(|chapter| row.chapter == chapter)
}

/// One line that counts, on a terminal only.
fn show_progress(done: usize, total: usize) {
    let mut stderr = std::io::stderr();
    if stderr.is_terminal() {
        let line = if done < total { format!("\robserving {done}/{total} ") } else { "\r\x1b[K".to_owned() };
        // A progress line that cannot be shown is no reason to stop.
        stderr.write_all(line.as_bytes()).ok();
    }
}
