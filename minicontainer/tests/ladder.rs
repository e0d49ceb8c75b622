//! Every check and every attack, on every subject, and then: is the host as it was, and does the book's table say
//! what was seen?
//!
//! `UPDATE_LADDER=1` writes what was seen into `book/ladder.json`; `just ladder` makes the page as well.

mod transcript;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use assert_cmd::Command;
use checks::{
    Subject, User,
    harness::{self, Host},
};
use libtest_mimic::{Completion, Failed, Trial};
use serde_json::Value;
use transcript::{difference, lines, same_line};

const MINICONTAINER: &str = env!("CARGO_BIN_EXE_minicontainer");

/// Subjects that the book's table has not.
const MORE: [Subject; 2] = [Subject::Podman, Subject::Bubblewrap];

fn main() -> ExitCode {
    // Whatever else the caller left open: without a runtime the command has it, too, and the table says so.
    sys::close_range_cloexec(3).expect("this kernel has close_range");
    // One test: the ladder is what takes the time.
    harness::main_with(|| vec![Trial::ignorable_test("the_ladder", the_ladder)])
}

fn the_ladder() -> Result<Completion, Failed> {
    let before = Host::look_for(MINICONTAINER);
    let mut ladder = Command::new(MINICONTAINER);
    // The same for everybody, as far as it can be.
    ladder.env_clear().envs(std::env::var_os("PATH").map(|path| ("PATH", path))).current_dir("/");
    ladder.args(["ladder", "--json"]);
    let update_asked = std::env::var_os("UPDATE_LADDER").is_some_and(|value| value == "1");
    let more = MORE.iter().filter(|more| !update_asked && more.missing().is_none());
    for more in more {
        ladder.args(["--with", more.name()]);
    }
    let ladder = ladder.timeout(Duration::from_secs(300)).output()?;
    if !ladder.status.success() {
        return Err(format!("{ladder:?}").into());
    }
    let seen = without_fences_names(&String::from_utf8(ladder.stdout)?);
    if update_asked {
        fs_err::write(book(), &seen)?;
        eprintln!("book/ladder.json was rewritten");
    }
    let left = before.difference_in_the_end();
    if !left.is_empty() {
        return Err(format!("left behind: {left:#?}").into());
    }
    compare_with_the_book(&serde_json::from_str(&seen)?)
}

/// The table in the book, with all that its marks show when one hovers over them, is root's.
fn compare_with_the_book(seen: &Value) -> Result<Completion, Failed> {
    if User::current() == User::Ordinary {
        return Ok(Completion::Completed);
    }
    if let Some(what) = other_machine() {
        return harness::could_not_run(&format!("the table in the book is from a machine with {what}"));
    }
    let book: Value = serde_json::from_str(&fs_err::read_to_string(book())?)?;
    let columns: Vec<&Value> = elements(&book["subjects"]).collect();
    let (expected, seen) = (observations(&book, &columns), observations(seen, &columns));
    if expected.len() != seen.len() {
        return Err("other rows or columns than in book/ladder.json: just ladder".into());
    }
    let cells = expected.iter().zip(&seen).filter(|(old, new)| !same(old, new));
    let differences: Vec<String> = cells.map(|(old, new)| difference(old, new)).collect();
    if differences.is_empty() {
        return Ok(Completion::Completed);
    }
    let differences = differences.join("\n");
    Err(format!("{differences}- is in book/ladder.json, + was seen now. If now is right: just ladder").into())
}

fn book() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../book/ladder.json")
}

fn same(old: &[String], new: &[String]) -> bool {
    old.len() == new.len() && old.iter().zip(new).all(|(old, new)| same_line(old, new))
}

/// Rows in which a runtime that fails shows what this machine has: its files, its devices, its caller's groups.
const OF_THE_MACHINE: [&str; 3] = ["own_root", "devices", "user"];

/// The lines of each cell of these columns.
fn observations(ladder: &Value, columns: &[&Value]) -> Vec<Vec<String>> {
    let of_row = |row: &Value| {
        let of_the_machine = OF_THE_MACHINE.iter().any(|name| row["name"] == *name);
        let shown = |cell: &Value| match &cell["verdict"] {
            verdict if of_the_machine && verdict == "failed" => verdict.to_string(),
            _ => format!("{cell:#}").replace("\\n", "\n"),
        };
        let cells = elements(&ladder["subjects"]).zip(elements(&row["cells"]));
        let wanted = cells.filter(|(subject, _)| columns.contains(subject));
        let text = |(subject, cell)| format!("{} {subject}:\n{}", row["text"], shown(cell));
        wanted.map(|cell| lines(&text(cell))).collect::<Vec<_>>()
    };
    elements(&ladder["rows"]).flat_map(of_row).collect()
}

/// A fence has a random name, which the book leaves out.
fn without_fences_names(text: &str) -> String {
    const FENCE: &str = "minicontainer-fence-";
    let mut pieces = text.split(FENCE);
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| {
        let rest = piece.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || "-…".contains(c));
        text + FENCE + "…" + rest
    })
}

fn elements(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

/// How this machine differs from the book's, if it does: three attacks depend on the kernel, and not on the runtime,
/// and two columns on what is installed.
fn other_machine() -> Option<&'static str> {
    let typing = fs_err::read_to_string("/proc/sys/dev/tty/legacy_tiocsti").unwrap_or_default();
    let differs = [
        (!Path::new("/sys/fs/cgroup/memory").exists(), "control groups of version 1"),
        (Path::new("/proc/sysrq-trigger").exists(), "no /proc/sysrq-trigger"),
        (typing.trim() == "0", "dev.tty.legacy_tiocsti set"),
        (Subject::oci("runc").missing().is_some(), "runc"),
        (Subject::oci("crun").missing().is_some(), "crun"),
    ];
    differs.into_iter().find(|(differs, _)| *differs).map(|(_, what)| what)
}
