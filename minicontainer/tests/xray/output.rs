//! The output: its shape, its limits, its exit codes.

use std::{
    process::{Command as Program, Stdio},
    time::Duration,
};

use assert_cmd::Command;
use serde_json::Value;

use crate::asking::{MINICONTAINER, json, kinds, open, picture, text, xray};

/// Every row that a reader of `--json` may rely on.
const ROWS: [&str; 35] = [
    "pid",
    "command",
    "user",
    "parent",
    "ns.uts",
    "ns.ipc",
    "ns.pid",
    "ns.mnt",
    "ns.net",
    "ns.cgroup",
    "ns.user",
    "ns.time",
    "uid_map",
    "gid_map",
    "cap.effective",
    "cap.permitted",
    "cap.bounding",
    "cap.inheritable",
    "cap.ambient",
    "cap.host",
    "no_new_privs",
    "seccomp",
    "cgroup",
    "limit.memory",
    "limit.pids",
    "limit.cpu",
    "root",
    "root.system",
    "engines",
    "disks",
    "shared",
    "masked",
    "read_only",
    "interfaces",
    "listening",
];

#[test]
fn every_row_is_there_and_every_opening_has_its_chapter() {
    let picture = picture(std::process::id());
    let rows = picture["rows"].as_array().unwrap();
    let ids: Vec<&str> = rows.iter().map(|row| row["id"].as_str().unwrap()).collect();
    // An older kernel has fewer kinds of namespaces.
    let here = |id: &&str| id.strip_prefix("ns.").is_none_or(|kind| kinds().contains(&kind));
    assert_eq!(ids, ROWS.into_iter().filter(here).collect::<Vec<_>>());
    for opening in picture["open"].as_array().unwrap() {
        assert!((2..=12).contains(&opening["chapter"].as_u64().unwrap()), "{opening}");
        assert!(!opening["sentence"].as_str().unwrap().is_empty(), "{opening}");
    }
}

/// What may not be read is shown as that. As root or not: somebody else's process, with more powers than ours.
#[test]
fn nothing_is_guessed() {
    let picture = picture(1);
    let rows = picture["rows"].as_array().unwrap();
    let dark: Vec<&Value> = rows.iter().filter(|row| row["readable"] == false).collect();
    let denied = |row: &&&Value| row["says"].as_str().is_some_and(|says| says.contains("as this user"));
    let denied = dark.iter().filter(denied).count();
    assert_eq!(picture["summary"]["unreadable"], denied);
    assert_eq!(picture["summary"]["remedy"].is_null(), denied == 0);
    for row in dark {
        assert!(row["value"].is_null(), "{row}");
        assert!(row["says"].as_str().unwrap().starts_with("not "), "{row}");
        assert!(!open(&picture).contains(&row["id"].as_str().unwrap()), "{row}");
    }
    if fs_err::read_link("/proc/1/ns/uts").is_err() {
        assert!(text(&["1"]).contains("not readable as this user"));
    }
}

#[test]
fn no_such_process() {
    let mut ended = Program::new("true").spawn().unwrap();
    ended.wait().unwrap();
    let output = xray(&[&ended.id().to_string()]).assert().code(1).get_output().clone();
    assert!(output.stdout.is_empty());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("there is no process") && said.contains("remedy"), "{said}");
    xray(&["0"]).assert().code(125);
    xray(&["1", "1", "1"]).assert().code(125);
}

#[test]
fn one_that_has_ended_has_nothing() {
    let mut ended = Program::new("true").spawn().unwrap();
    std::thread::sleep(Duration::from_millis(300));
    let picture = picture(ended.id());
    assert_eq!(picture["summary"]["verdict"], "ended", "{picture}");
    assert!(open(&picture).is_empty(), "{picture}");
    ended.wait().unwrap();
}

#[test]
fn without_a_number_it_is_the_caller() {
    assert_eq!(json(&[])["processes"][0]["pid"], std::process::id());
    assert_eq!(json(&["self"])["processes"][0]["pid"], std::process::id());
}

#[test]
fn the_text_fits_a_terminal_and_a_pipe() {
    let text = text(&["self"]);
    assert!(!text.contains('\x1b'), "{text}");
    let long = |line: &&str| line.chars().count() > 80 && line.split_whitespace().count() > 2;
    assert_eq!(text.lines().find(long), None);
    let coloured = |name, value| {
        let output = xray(&[]).env_remove("NO_COLOR").env(name, value).output().unwrap();
        output.stdout.contains(&0x1b)
    };
    assert!(coloured("CLICOLOR_FORCE", "1"));
    assert!(!coloured("NO_COLOR", "1"));
    let script = format!("{MINICONTAINER} xray | true");
    Command::new("sh").args(["-c", &script]).assert().success().stderr("");
}

/// A process chooses its own command line; it must not speak to our terminal with it.
#[test]
fn a_command_line_is_no_command_to_the_terminal() {
    let mut shell =
        Program::new("sh").args(["-c", "read line", "\x1b[2J"]).stdin(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(100));
    let said = text(&[&shell.id().to_string()]);
    drop(shell.stdin.take()); // the shell reads its end, and ends
    shell.wait().unwrap();
    assert!(!said.contains('\x1b') && said.contains("\\u{1b}[2J"), "{said}");
}
