//! `minicontainer doctor`: what of the course works on this machine, and what to do about the rest.
//!
//! Where a thing can be tried safely it is tried, in a forked child ([`attempt`]), as root and as an
//! ordinary user ([`users`]), with the course's own units where they exist. Only what cannot be tried is
//! looked at. The doctor itself stays in its namespaces and leaves nothing behind.

mod attempt;
pub mod cgroups;
mod chapters;
mod controllers;
mod filesystems;
mod kernel;
pub mod look;
mod namespaces;
pub mod print;
mod restrictions;
mod row;
mod security;
mod subids;
mod surroundings;
mod tools;
mod users;

use std::{
    io::{self, Write},
    process::ExitCode,
};

use chapters::Chapter;
use restrictions::Restrictions;
use row::{Answer, Kind, Row};
use serde::Serialize;
use sys::{Result, Uid};
use users::{Users, Who};

/// The flags of `doctor`.
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub struct Doctor {
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

const AFTER: &str = "\
Every row says yes, partly, no or not tried, what was tried or looked at, and
what helps (→). Run by root, everything is tried twice: as root, and as an
ordinary user (the one who called sudo, or uid 65534). All of it is done in
children that end, and nothing is left behind.

--json prints one object with format, tried, rows, chapters and summary.

Exit code: 0 if every chapter that is written works here for the user who asks,
1 if not, 125 if doctor itself fails.";

/// The whole report. This is the shape of `--json`; fields are added, never renamed:
///
/// ```json
/// {
///   "format": 1,
///   "tried": "Tried as root and as uid 65534.",
///   "rows": [{
///     "id": "ns.uts", "group": "Namespaces", "about": "…", "answer": "yes",
///     "root": "yes", "ordinary": "yes", "looked_at": ["…"], "remedy": null
///   }],
///   "chapters": [{
///     "number": 1, "title": "process", "written": true, "root": "yes", "ordinary": "yes",
///     "verdict": "…", "builds_upon": null, "rests_on": ["clone3"], "blocked_by": [], "beside": []
///   }],
///   "summary": {
///     "uid": 0, "yes": 33, "partly": 1, "no": 0, "not_tried": 1, "works": true, "sentence": "…"
///   }
/// }
/// ```
/// An answer is `yes`, `partly`, `no` or `not_tried`; `root` and `ordinary` are absent from a row where
/// it does not matter who asks. `works` is what the exit code says.
#[derive(Serialize)]
struct Report {
    format: u8,
    tried: String,
    rows: Vec<Row>,
    chapters: Vec<Chapter>,
    summary: Summary,
}

#[derive(Serialize)]
struct Summary {
    uid: u32,
    yes: usize,
    partly: usize,
    no: usize,
    not_tried: usize,
    works: bool,
    sentence: String,
}

/// Look at this machine and tell; `written` is the last chapter that exists.
pub fn run(doctor: &Doctor, written: u8) -> Result<ExitCode> {
    // A caller that ignores SIGCHLD would have the kernel reap our children before we can ask; and
    // SIGPIPE ends this process quietly when nobody reads on, as in `doctor | head`.
    sys::restore_defaults()?;
    let report = examine(written);
    let mut screen = anstream::stdout().lock();
    let printed = if doctor.json {
        serde_json::to_writer_pretty(&mut screen, &report)
            .map_err(io::Error::from)
            .and_then(|()| writeln!(screen))
    } else {
        print::report(&report, &mut screen)
    };
    printed?;
    Ok(if report.summary.works { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn examine(written: u8) -> Report {
    let users = Users::look();
    let rows = rows(&users);
    let chapters = chapters::verdicts(&rows, written);
    let summary = summary(&rows, &chapters, written);
    let mut tried = users.said();
    if rows.iter().any(|row| row.id == "process" && row.answer == Answer::Partly) {
        tried.push_str(" This process is restricted itself, see the row process.");
    }
    Report { format: 1, tried, rows, chapters, summary }
}

/// Every row, in the order of the headings.
fn rows(users: &Users) -> Vec<Row> {
    let restrictions = Restrictions::look();
    let hierarchies = cgroups::look();
    let uid = users.ordinary().map(|who| match who {
        Who::Root => 0,
        Who::Myself(uid) | Who::Dropped(uid, _) => uid.as_raw(),
    });
    let namespaces = namespaces::rows(users, &restrictions);
    let restricted = restrictions.rows(&namespaces[0]);
    let mut groups =
        [vec![cgroups::version_row(&hierarchies)], controllers::rows(users, &hierarchies)].concat();
    groups.push(cgroups::delegation_row(&hierarchies, uid));
    let tools = [tools::network_rows(), tools::other_rows()].concat();
    [
        ("Kernel", kernel::rows(users)),
        ("Namespaces", namespaces),
        ("What restricts namespaces", [restricted, vec![subids::row(users)]].concat()),
        ("File systems", filesystems::rows(users, &restrictions)),
        ("Control groups", groups),
        ("Security", security::rows(users, &restrictions)),
        ("Surroundings", surroundings::rows()),
        ("Programs", tools),
    ]
    .into_iter()
    .flat_map(|(group, rows)| rows.into_iter().map(move |row| Row { group, ..row }))
    .collect()
}

/// Where the host says no, the lab says yes: its kernel is its own.
fn lab_sentence(written: u8) -> String {
    if lab::is_inside() {
        return String::new();
    }
    match lab::missing() {
        None => format!(". In the lab chapters 1 to {written} work, as root: minicontainer lab"),
        Some(error) => {
            let remedy = error.remedy.unwrap_or_default();
            format!(". In the lab they would (minicontainer lab): {}", remedy.trim_end_matches('.'))
        }
    }
}

fn summary(rows: &[Row], chapters: &[Chapter], written: u8) -> Summary {
    let count = |answer| rows.iter().filter(|row| row.answer == answer).count();
    let uid = Uid::effective();
    let kind = if uid.is_root() { Kind::Root } else { Kind::Ordinary };
    let broken: Vec<String> = chapters
        .iter()
        .filter(|chapter| chapter.written && chapter.answer_for(kind) != Answer::Yes)
        .map(|chapter| chapter.number.to_string())
        .collect();
    let verdict = if broken.is_empty() {
        format!("Chapters 1 to {written} work here for you (uid {uid})")
    } else {
        let lab = lab_sentence(written);
        format!("Not all written chapters work here for you (uid {uid}): see {}{lab}", broken.join(", "))
    };
    let (yes, partly) = (count(Answer::Yes), count(Answer::Partly));
    let (no, not_tried) = (count(Answer::No), count(Answer::NotTried));
    let sentence = format!(
        "{verdict}. {} rows: {yes} yes, {partly} partly, {no} no, {not_tried} not tried.",
        rows.len()
    );
    Summary { uid: uid.as_raw(), yes, partly, no, not_tried, works: broken.is_empty(), sentence }
}
