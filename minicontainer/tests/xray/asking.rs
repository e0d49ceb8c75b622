//! Asking `xray`, and asking /proc the same.

use std::time::Duration;

use assert_cmd::Command;
use serde_json::Value;

pub const MINICONTAINER: &str = env!("CARGO_BIN_EXE_minicontainer");

/// The kinds of namespaces that this kernel has.
pub fn kinds() -> Vec<&'static str> {
    let all = ["uts", "ipc", "pid", "mnt", "net", "cgroup", "user", "time"];
    all.into_iter().filter(|kind| fs_err::read_link(format!("/proc/self/ns/{kind}")).is_ok()).collect()
}

pub fn xray(arguments: &[&str]) -> Command {
    let mut command = Command::new(MINICONTAINER);
    command.arg("xray").args(arguments).timeout(Duration::from_secs(20));
    command
}

pub fn json(arguments: &[&str]) -> Value {
    let output = xray(arguments).arg("--json").assert().success().get_output().stdout.clone();
    serde_json::from_slice(&output).expect("JSON")
}

/// The picture of one process.
pub fn picture(pid: u32) -> Value {
    json(&[&pid.to_string()])["processes"][0].clone()
}

pub fn row<'a>(picture: &'a Value, id: &str) -> &'a Value {
    let rows = picture["rows"].as_array().expect("rows");
    rows.iter().find(|row| row["id"] == id).unwrap_or_else(|| panic!("{id}: {picture}"))
}

pub fn open(picture: &Value) -> Vec<&str> {
    let open = picture["open"].as_array().expect("a list");
    open.iter().map(|opening| opening["id"].as_str().expect("an id")).collect()
}

pub fn status(pid: u32, field: &str) -> String {
    let text = fs_err::read_to_string(format!("/proc/{pid}/status")).expect("status");
    let line = text.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
    line.expect("the field").trim().to_owned()
}

pub fn namespace(pid: u32, kind: &str) -> String {
    fs_err::read_link(format!("/proc/{pid}/ns/{kind}")).expect("a link").display().to_string()
}

pub fn text(arguments: &[&str]) -> String {
    let output = xray(arguments).assert().success().get_output().stdout.clone();
    String::from_utf8(output).expect("text")
}

/// What is said of a process is what its files say.
pub fn agrees_with_proc(pid: u32) -> Value {
    let picture = picture(pid);
    assert_eq!(picture["pid"], pid);
    for kind in kinds() {
        let number = row(&picture, &format!("ns.{kind}"))["value"]["number"].clone();
        assert_eq!(format!("{kind}:[{number}]"), namespace(pid, kind));
    }
    for (id, field) in [("effective", "CapEff"), ("bounding", "CapBnd"), ("ambient", "CapAmb")] {
        let bits = u64::from_str_radix(&status(pid, field), 16).expect("a number");
        assert_eq!(row(&picture, &format!("cap.{id}"))["value"]["bits"], format!("{bits:#x}"));
    }
    let seccomp: u32 = status(pid, "Seccomp").parse().expect("a number");
    assert_eq!(row(&picture, "seccomp")["value"]["mode"], seccomp);
    assert_eq!(row(&picture, "no_new_privs")["value"], status(pid, "NoNewPrivs") == "1");
    let numbers: Vec<u32> =
        status(pid, "NSpid").split_whitespace().map(|pid| pid.parse().expect("a pid")).collect();
    assert_eq!(row(&picture, "pid")["value"], serde_json::json!(numbers));
    let words = fs_err::read_to_string(format!("/proc/{pid}/cmdline")).expect("its command line");
    let words: Vec<&str> = words.trim_end_matches('\0').split('\0').collect();
    assert_eq!(row(&picture, "command")["value"], serde_json::json!(words));
    picture
}
