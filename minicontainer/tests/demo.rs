//! The demos, played unattended, and what the book has of them.
//!
//! From a scenario, `chapters/live/scenarios/NAME.toml`, come the files of `book/demos`. A scenario that has changed
//! without them is a failure.
//!
//! | file | is | is made by |
//! |---|---|---|
//! | `NAME.txt` | what `minicontainer demo NAME --plain --auto --fast` prints, to root | `UPDATE_DEMOS=1` |
//! | `NAME.user.txt` | the same to an ordinary user, where there is more to it than `$` for `#` | the same |
//! | `NAME.md` | what `minicontainer demo NAME --speaker-notes` prints | the same |
//! | `NAME.cast` | what `minicontainer demo NAME --record FILE` writes, as root; compared with `NAME.txt` | `just recordings` |

mod transcript;

#[path = "demo/live_parts.rs"]
mod live_parts;
#[path = "demo/panes.rs"]
mod panes;
#[path = "demo/recording.rs"]
mod recording;
#[path = "demo/terminal.rs"]
mod terminal;
#[path = "demo/text.rs"]
mod text;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::{Command, ExitCode, Output, Stdio},
    sync::Arc,
};

use checks::{User, harness};
use libtest_mimic::{Completion, Failed, Trial};
use live::scenario;

/// So many at once: a demo mostly waits.
const AT_ONCE: usize = 6;

fn main() -> ExitCode {
    let mut arguments = libtest_mimic::Arguments::from_args();
    arguments.test_threads.get_or_insert(AT_ONCE);
    libtest_mimic::run(&arguments, trials().expect("demo --list --json")).exit_code()
}

fn trials() -> Result<Vec<Trial>, Failed> {
    let missing = Arc::new(missing()?);
    let mut trials = Vec::new();
    for name in scenario::names() {
        let missing = Arc::clone(&missing);
        trials.push(Trial::ignorable_test(
            format!("{name}::plays_twice_as_in_the_book"),
            move || match missing.get(name) {
                Some(reason) => cannot_be_played(reason),
                None => text::plays_twice_as_in_the_book(name),
            },
        ));
        trials.push(Trial::test(format!("{name}::speaker_notes"), move || text::speaker_notes(name)));
        trials.push(Trial::test(format!("{name}::recording"), move || recording::is_of_this_scenario(name)));
    }
    trials.push(Trial::test("book::nothing_without_a_scenario", nothing_without_a_scenario));
    trials.extend(text::tests());
    trials.extend(panes::tests());
    trials.extend(live_parts::tests());
    Ok(trials)
}

/// What a demo needs and this machine has not. Root must have everything; an ordinary user need not.
fn cannot_be_played(reason: &str) -> Result<Completion, Failed> {
    match User::current() {
        User::Root => harness::could_not_run(reason),
        User::Ordinary => Ok(Completion::ignored_with(format!("does not apply: {reason}"))),
    }
}

/// The demos that do not work here, and why: what the command itself says.
fn missing() -> Result<BTreeMap<String, String>, Failed> {
    let output = run(&["--list", "--json"])?;
    let all: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let mut missing = BTreeMap::new();
    for demo in all.as_array().into_iter().flatten() {
        let needs = demo["needs"].as_array().into_iter().flatten();
        let why = needs.filter(|need| need["met"] == false).find_map(|need| need["otherwise"].as_str());
        missing.extend(demo["name"].as_str().zip(why).map(|(name, why)| (name.to_owned(), why.to_owned())));
    }
    Ok(missing)
}

/// `minicontainer demo`, as if from a terminal of its own, and without the caller's variables.
fn demo(arguments: &[&str]) -> Command {
    demo_in(&[], arguments)
}

/// The same with flags for setsid(1).
fn demo_in(session: &[&str], arguments: &[&str]) -> Command {
    let mut command = Command::new("setsid");
    command.args(session).args(["--wait", env!("CARGO_BIN_EXE_minicontainer"), "demo"]).args(arguments);
    let path = std::env::var_os("PATH").unwrap_or_default();
    command.env_clear().env("PATH", path).envs([("TERM", "dumb"), ("LANG", "C.UTF-8"), ("NO_COLOR", "1")]);
    command.stdin(Stdio::null());
    command
}

/// Run it to its end. It must succeed.
fn run(arguments: &[&str]) -> Result<Output, Failed> {
    let output = demo(arguments).output()?;
    if output.status.success() {
        return Ok(output);
    }
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    Err(format!("demo {}: {}\n{said}", arguments.join(" "), output.status).into())
}

/// The file of a demo in the book.
fn book(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../book/demos").join(file)
}

/// Whether differences are to be accepted.
fn update() -> bool {
    std::env::var_os("UPDATE_DEMOS").is_some_and(|value| value == "1")
}

fn nothing_without_a_scenario() -> Result<(), Failed> {
    let mut strangers = Vec::new();
    for entry in fs_err::read_dir(book(""))? {
        let file = entry?.file_name().to_string_lossy().into_owned();
        let name = file.split('.').next().unwrap_or_default();
        if !scenario::names().any(|known| known == name) {
            strangers.push(file);
        }
    }
    if strangers.is_empty() {
        Ok(())
    } else {
        Err(format!("book/demos: no scenario for {strangers:?}").into())
    }
}
