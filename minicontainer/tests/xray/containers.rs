//! Containers, and what is none.

use std::time::Duration;

use assert_cmd::Command;
use serde_json::Value;

use crate::{
    asking::{MINICONTAINER, agrees_with_proc, json, kinds, namespace, open, picture, row, status, text},
    sleeping::{container, plain},
};

#[test]
fn a_container_is_one() {
    let container = container(&[]);
    let picture = agrees_with_proc(container.pid);
    assert_eq!(picture["summary"]["verdict"], "container", "{picture}");
    assert_eq!(picture["summary"]["unreadable"], 0, "{picture}");
    for kind in ["uts", "ipc", "pid", "mnt", "net"] {
        assert_ne!(row(&picture, &format!("ns.{kind}"))["value"]["whose"], "host", "{picture}");
        assert_ne!(namespace(container.pid, kind), namespace(std::process::id(), kind));
    }
    assert_eq!(row(&picture, "interfaces")["value"], serde_json::json!(["lo"]));
    assert_eq!(row(&picture, "masked")["value"]["open"], serde_json::json!([]), "{picture}");
    assert_eq!(row(&picture, "read_only")["value"]["open"], serde_json::json!([]), "{picture}");
    assert_eq!(row(&picture, "cap.host")["value"], serde_json::json!([]), "{picture}");
    let closed = [
        "ns.uts",
        "ns.ipc",
        "ns.pid",
        "ns.mnt",
        "ns.net",
        "root",
        "masked",
        "read_only",
        "shared",
        "engines",
        "disks",
        "cap.host",
        "cap.more",
        "no_new_privs",
        "seccomp",
    ];
    let open = open(&picture);
    assert!(closed.iter().all(|id| !open.contains(id)), "{open:?}");
}

#[test]
fn a_process_without_a_container_is_what_we_are() {
    let plain = plain();
    let (picture, ours) = (agrees_with_proc(plain.pid), agrees_with_proc(std::process::id()));
    assert_eq!(picture["summary"]["verdict"], ours["summary"]["verdict"]);
    assert_eq!(open(&picture), open(&ours));
    // Where these tests run on a host, and not in somebody's container, that is said.
    if row(&ours, "ns.mnt")["value"]["whose"] == "host" && ours["summary"]["own"] == 0 {
        assert_eq!(picture["summary"]["verdict"], "host");
        assert!(["ns.pid", "ns.net", "root"].iter().all(|id| open(&picture).contains(id)), "{picture}");
    }
}

#[test]
fn two_are_compared() {
    let (container, plain) = (container(&[]), plain());
    let pids = [container.pid, plain.pid].map(|pid| pid.to_string());
    let both = [pids[0].as_str(), pids[1].as_str()];
    let report = json(&both);
    let same =
        kinds().into_iter().filter(|kind| namespace(container.pid, kind) == namespace(plain.pid, kind));
    assert_eq!(report["shared"], serde_json::json!(same.collect::<Vec<_>>()));
    let text = text(&both);
    let marked =
        |about: &str, mark: &str| text.lines().any(|line| line.starts_with(&format!("{mark} {about} ")));
    assert!(marked("uts", "≠") && marked("root", "≠") && marked("inheritable", " "), "{text}");
    let long = |line: &&str| line.chars().count() > 80;
    assert_eq!(text.lines().find(long), None);
}

#[test]
fn what_is_given_away_is_said() {
    let pictures = |flags: &[&str]| {
        let container = container(flags);
        (agrees_with_proc(container.pid), namespace(container.pid, "net"))
    };
    let (picture, _) = pictures(&["--cap-add", "SYS_ADMIN"]);
    let opening =
        picture["open"].as_array().unwrap().iter().find(|it| it["chapter"] == 11).expect("an opening");
    assert!(opening["sentence"].as_str().unwrap().contains("SYS_ADMIN"), "{opening}");
    let hosts = row(&picture, "ns.user")["value"]["whose"] == "host";
    assert_eq!(row(&picture, "cap.host")["value"].to_string().contains("SYS_ADMIN"), hosts, "{picture}");

    let (picture, _) = pictures(&["--security-opt", "seccomp=unconfined"]);
    // Whoever runs these tests may have a filter himself, and so has all that he starts.
    let ours = status(std::process::id(), "Seccomp") == "0";
    assert_eq!(open(&picture).contains(&"seccomp"), ours, "{picture}");

    let (picture, network) = pictures(&["--network", "host"]);
    assert_eq!(network, namespace(std::process::id(), "net"));
    let hosts = row(&picture, "ns.net")["value"]["whose"] == "host";
    assert_eq!(open(&picture).contains(&"ns.net"), hosts, "{picture}");
}

#[test]
fn a_folder_of_the_host_is_seen() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().display().to_string();
    for (end, writable) in [("", true), (":ro", false)] {
        let container = container(&["--volume", &format!("{path}:/data{end}")]);
        let picture = picture(container.pid);
        let shared = row(&picture, "shared")["value"].as_array().expect("folders").clone();
        let data = shared.iter().find(|folder| folder["at"] == "/data").expect("the folder");
        assert_eq!(data["read_only"], !writable);
        assert_eq!(open(&picture).contains(&"shared"), writable, "{picture}");
    }
}

#[test]
fn a_limit_is_seen() {
    // Whether an ordinary user may limit anything is up to systemd; what can be read of it is the same for both.
    if !sys::Uid::effective().is_root() {
        let (container, ours) = (container(&[]), picture(std::process::id()));
        let theirs = picture(container.pid);
        for id in ["limit.memory", "limit.pids", "limit.cpu"] {
            assert_eq!(row(&theirs, id)["readable"], row(&ours, id)["readable"], "{theirs}");
        }
        return;
    }
    let container = container(&["--memory", "64m", "--pids-limit", "50", "--cpus", "0.5"]);
    let picture = picture(container.pid);
    assert_eq!(row(&picture, "limit.memory")["value"]["limit"], 64 << 20, "{picture}");
    assert_eq!(row(&picture, "limit.pids")["value"]["limit"], 50, "{picture}");
    assert_eq!(row(&picture, "limit.cpu")["value"]["thousandths"], 500, "{picture}");
    let open = open(&picture);
    assert!(!open.iter().any(|id| id.starts_with("limit.")), "{open:?}");
}

#[test]
fn from_inside_a_container_it_says_so() {
    let volume = format!("{MINICONTAINER}:/xray:ro");
    let mut command = Command::new(MINICONTAINER);
    command.args(["run", "--volume", &volume, "--", "/xray", "xray", "--json"]);
    let output = command.timeout(Duration::from_secs(20)).assert().success().get_output().stdout.clone();
    let report: Value = serde_json::from_slice(&output).expect("JSON");
    assert_eq!(report["processes"][0]["summary"]["verdict"], "container", "{report}");
    assert!(report["compared_with"].as_str().unwrap().contains("a container's"), "{report}");
}
