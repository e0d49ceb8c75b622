//! `minicontainer doctor`, from outside: its shape, that its verdict is what happens, and that it leaves
//! this machine as it was.

use std::{path::Path, process::Output};

use assert_cmd::Command;
use serde_json::Value;

const ANSWERS: [&str; 4] = ["yes", "partly", "no", "not_tried"];

/// Every row that a reader of `--json` may rely on.
const ROWS: [&str; 35] = [
    "kernel",
    "clone3",
    "close_range",
    "ns.user",
    "ns.uts",
    "ns.ipc",
    "ns.pid",
    "ns.mnt",
    "ns.net",
    "veth",
    "ns.cgroup",
    "ns.time",
    "apparmor",
    "sysctl",
    "subids",
    "proc",
    "tmpfs",
    "overlay",
    "pivot_root",
    "cgroups",
    "cgroup.memory",
    "cgroup.pids",
    "cgroup.cpu",
    "delegation",
    "capabilities",
    "no_new_privs",
    "seccomp.actions",
    "seccomp.load",
    "seccomp.around",
    "container",
    "machine",
    "process",
    "network.tools",
    "runtimes",
    "uml",
];

fn minicontainer() -> Command {
    Command::new(assert_cmd::cargo::cargo_bin!("minicontainer"))
}

fn doctor(arguments: &[&str]) -> Output {
    minicontainer().arg("doctor").args(arguments).output().unwrap()
}

fn report() -> (Value, Option<i32>) {
    let output = doctor(&["--json"]);
    (serde_json::from_slice(&output.stdout).unwrap(), output.status.code())
}

fn list<'a>(report: &'a Value, name: &str) -> &'a Vec<Value> {
    report[name].as_array().unwrap()
}

#[test]
fn every_row_is_there_and_says_what_was_looked_at() {
    let (report, _) = report();
    let ids: Vec<&str> = list(&report, "rows").iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ROWS);
    for row in list(&report, "rows") {
        let answer = row["answer"].as_str().unwrap();
        assert!(ANSWERS.contains(&answer), "{row}");
        assert!(!row["group"].as_str().unwrap().is_empty(), "{row}");
        assert!(!list(row, "looked_at").is_empty(), "{row}");
        assert!(list(row, "looked_at").iter().all(|seen| !seen.as_str().unwrap().is_empty()), "{row}");
        assert_eq!(row["remedy"].is_null(), answer == "yes", "only what says yes needs no remedy: {row}");
    }
}

#[test]
fn every_chapter_rests_on_rows_that_exist() {
    let (report, _) = report();
    let chapters = list(&report, "chapters");
    assert_eq!(chapters.len(), 12);
    for chapter in chapters {
        assert!(list(chapter, "rests_on").iter().all(|id| ROWS.contains(&id.as_str().unwrap())), "{chapter}");
        let stage = minicontainer().args(["stage", &chapter["number"].to_string(), "run", "--help"]).output();
        assert_eq!(chapter["written"], stage.unwrap().status.success(), "{chapter}");
    }
}

/// The verdict rests on rows; this runs the stages and compares.
#[test]
fn the_verdict_is_what_happens() {
    let (report, code) = report();
    let who = if report["summary"]["uid"] == 0 { "root" } else { "ordinary" };
    let mut all = true;
    for chapter in list(&report, "chapters").iter().filter(|chapter| chapter["written"] == true) {
        let number = chapter["number"].to_string();
        // What a chapter is about must be asked for where it is not always done.
        let flags: &[&str] = match &*number {
            "6" => &["--memory", "64m"],
            "7" => &["--pids-limit", "20", "--cpus", "1"],
            _ => &[],
        };
        let stage = ["stage", &number, "run"];
        let command = ["--", "/bin/sh", "-c", "exit 7"];
        let ran = minicontainer().args(stage).args(flags).args(command).output();
        let works = ran.unwrap().status.code() == Some(7);
        assert_eq!(chapter[who] == "yes", works, "{chapter}");
        all &= works;
    }
    assert_eq!(report["summary"]["works"], all);
    assert_eq!(code, Some(i32::from(!all)));
}

#[test]
fn the_machine_stays_as_it_was() {
    let before = machine();
    let status = minicontainer().args(["doctor", "--json"]).output().unwrap().status;
    assert!(status.code().is_some(), "{status}");
    assert_eq!(machine(), before);
}

/// Mounts, our own namespaces, and every control group of ours that is left.
fn machine() -> (String, Vec<String>, Vec<String>) {
    let mounts = fs_err::read_to_string("/proc/self/mountinfo").unwrap();
    let namespaces = fs_err::read_dir("/proc/self/ns")
        .unwrap()
        .map(|entry| fs_err::read_link(entry.unwrap().path()).unwrap().display().to_string());
    let mut groups = Vec::new();
    groups_of_ours(Path::new("/sys/fs/cgroup"), &mut groups);
    (mounts, namespaces.collect(), groups)
}

/// Other tests of this file make groups meanwhile, so only one that outlives its doctor counts.
fn groups_of_ours(folder: &Path, found: &mut Vec<String>) {
    let Ok(entries) = fs_err::read_dir(folder) else { return };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| path.is_dir()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if let Some(pid) = name.strip_prefix("minicontainer-doctor-")
            && !Path::new("/proc").join(pid).exists()
        {
            found.push(path.display().to_string());
        }
        groups_of_ours(&path, found);
    }
}

#[test]
fn the_text_fits_a_terminal_and_has_no_colours_in_a_pipe() {
    let output = doctor(&[]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.contains('\x1b'), "{text}");
    // A single word may be longer: a command or a setting, meant to be copied.
    let long = |line: &&str| line.chars().count() > 80 && line.split_whitespace().count() > 1;
    assert_eq!(text.lines().find(long), None);
    assert!(ROWS.iter().all(|id| text.contains(id)), "{text}");
    assert!(text.contains("\nChapters\n"), "{text}");
}

#[test]
fn colours_are_there_when_asked_for_and_not_against_no_color() {
    let coloured = |name, value| {
        let output = minicontainer().arg("doctor").env_remove("NO_COLOR").env(name, value).output().unwrap();
        output.stdout.contains(&0x1b)
    };
    assert!(coloured("CLICOLOR_FORCE", "1"));
    assert!(!coloured("NO_COLOR", "1"));
}

#[test]
fn help_tells_the_exit_code() {
    let help = String::from_utf8(doctor(&["--help"]).stdout).unwrap();
    assert!(help.contains("Exit code: 0 if"), "{help}");
}
