//! `minicontainer xray`, from outside: what it says of a process is what /proc says, for a container and for a process of
//! the host, as root and as an ordinary user, who looks at his own.

use std::{
    process::{Child, Command as Program, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use assert_cmd::Command;
use serde_json::Value;

const MINICONTAINER: &str = env!("CARGO_BIN_EXE_minicontainer");
const KINDS: [&str; 8] = ["uts", "ipc", "pid", "mnt", "net", "cgroup", "user", "time"];

/// Every row that a reader of `--json` may rely on.
const ROWS: [&str; 33] = [
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
];

/// A process that sleeps until the test is over, in a container or not. Its runtime takes it along.
struct Sleeper {
    started: Child,
    pid: u32,
}

impl Drop for Sleeper {
    fn drop(&mut self) {
        self.started.kill().expect("what we have started can be ended");
        self.started.wait().expect("and is gone then");
    }
}

/// A container with these flags.
fn container(flags: &[&str]) -> Sleeper {
    let mut command = Program::new(MINICONTAINER);
    command.arg("run").args(flags).arg("--").stdin(Stdio::null());
    sleeper(command)
}

/// A process with nothing of its own.
fn plain() -> Sleeper {
    sleeper(Program::new("env"))
}

/// Seconds that nobody else sleeps tell which process it is.
fn sleeper(mut command: Program) -> Sleeper {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let seconds = format!("16180339.{}{:03}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let started = command.args(["sleep", &seconds]).spawn().expect("it starts");
    let mut sleeper = Sleeper { started, pid: 0 };
    let line = format!("sleep\0{seconds}\0");
    let deadline = Instant::now() + Duration::from_secs(20);
    while sleeper.pid == 0 {
        assert!(Instant::now() < deadline, "nobody sleeps");
        let ended = sleeper.started.try_wait().expect("it can be asked");
        assert!(ended.is_none(), "{ended:?}");
        std::thread::sleep(Duration::from_millis(5));
        sleeper.pid = find(&line).unwrap_or(0);
    }
    sleeper
}

fn find(line: &str) -> Option<u32> {
    let entries = fs_err::read_dir("/proc").expect("/proc").flatten();
    let mut pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    pids.find(|pid| fs_err::read(format!("/proc/{pid}/cmdline")).is_ok_and(|bytes| bytes == line.as_bytes()))
}

fn xray(arguments: &[&str]) -> Command {
    let mut command = Command::new(MINICONTAINER);
    command.arg("xray").args(arguments).timeout(Duration::from_secs(20));
    command
}

fn json(arguments: &[&str]) -> Value {
    let output = xray(arguments).arg("--json").assert().success().get_output().stdout.clone();
    serde_json::from_slice(&output).expect("JSON")
}

/// The picture of one process.
fn picture(pid: u32) -> Value {
    json(&[&pid.to_string()])["processes"][0].clone()
}

fn row<'a>(picture: &'a Value, id: &str) -> &'a Value {
    let rows = picture["rows"].as_array().expect("rows");
    rows.iter().find(|row| row["id"] == id).unwrap_or_else(|| panic!("{id}: {picture}"))
}

fn open(picture: &Value) -> Vec<&str> {
    let open = picture["open"].as_array().expect("a list");
    open.iter().map(|opening| opening["id"].as_str().expect("an id")).collect()
}

fn status(pid: u32, field: &str) -> String {
    let text = fs_err::read_to_string(format!("/proc/{pid}/status")).expect("status");
    let line = text.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
    line.expect("the field").trim().to_owned()
}

fn namespace(pid: u32, kind: &str) -> String {
    fs_err::read_link(format!("/proc/{pid}/ns/{kind}")).expect("a link").display().to_string()
}

/// What is said of a process is what its files say.
fn agrees_with_proc(pid: u32) -> Value {
    let picture = picture(pid);
    assert_eq!(picture["pid"], pid);
    for kind in KINDS {
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

#[test]
fn a_container_is_one() {
    let container = container(&[]);
    let picture = agrees_with_proc(container.pid);
    assert_eq!(picture["summary"]["verdict"], "container", "{picture}");
    assert_eq!(picture["summary"]["unreadable"], 0, "{picture}");
    for kind in ["uts", "ipc", "pid", "mnt", "net"] {
        assert_eq!(row(&picture, &format!("ns.{kind}"))["value"]["whose"], "own", "{picture}");
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
fn every_row_is_there_and_every_opening_has_its_chapter() {
    let picture = picture(std::process::id());
    let rows = picture["rows"].as_array().unwrap();
    let ids: Vec<&str> = rows.iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert_eq!(ids[..ROWS.len()], ROWS);
    assert_eq!(ids[ROWS.len()..], ["interfaces", "listening"]);
    for opening in picture["open"].as_array().unwrap() {
        assert!((2..=12).contains(&opening["chapter"].as_u64().unwrap()), "{opening}");
        assert!(!opening["sentence"].as_str().unwrap().is_empty(), "{opening}");
    }
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
    let same = KINDS.into_iter().filter(|kind| namespace(container.pid, kind) == namespace(plain.pid, kind));
    assert_eq!(report["shared"], serde_json::json!(same.collect::<Vec<_>>()));
    let text = text(&both);
    let marked =
        |about: &str, mark: &str| text.lines().any(|line| line.starts_with(&format!("{mark} {about} ")));
    assert!(marked("uts", "≠") && marked("root", "≠") && marked("time", " "), "{text}");
    let long = |line: &&str| line.chars().count() > 80;
    assert_eq!(text.lines().find(long), None);
}

fn text(arguments: &[&str]) -> String {
    let output = xray(arguments).assert().success().get_output().stdout.clone();
    String::from_utf8(output).expect("text")
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
    if !sys::Uid::effective().is_root() {
        return; // Whether an ordinary user may limit anything is up to systemd; the files are the same.
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

/// What may not be read is shown as that. As root or not: somebody else's process, with more powers than ours.
#[test]
fn nothing_is_guessed() {
    let picture = picture(1);
    let rows = picture["rows"].as_array().unwrap();
    let dark: Vec<&Value> = rows.iter().filter(|row| row["readable"] == false).collect();
    assert_eq!(picture["summary"]["unreadable"], dark.len());
    assert_eq!(picture["summary"]["remedy"].is_null(), dark.is_empty());
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
