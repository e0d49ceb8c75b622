//! What is read, against what the kernel says.

#![expect(
    clippy::unnecessary_wraps,
    reason = "they stand in one table with those that cannot run everywhere"
)]

use std::{
    path::PathBuf,
    process::Command,
    time::{Duration, Instant},
};

use assert_cmd::Command as Asked;
use checks::harness;
use libtest_mimic::{Completion, Failed};
use live::{
    containers,
    gauges::{Gauge, Watch},
};
use serde_json::{Value, json};

use crate::running::{MINICONTAINER, no_groups, running};

type Answer = Result<Completion, Failed>;

pub fn processes() -> Answer {
    let it = running(&["run", "--hostname", "box"], "sleep 1000 &");
    let seen = || it.seen(&["--gauge", "tree"]);
    let is_there = |seen: &Value| seen["gauges"]["tree"]["processes"][1]["command"] == "sleep 1000";
    // It is a shell until its execve.
    let seen = std::iter::repeat_with(seen).take(50).find(is_there).expect("it sleeps");
    assert_eq!((&seen["runtime"], &seen["init"]), (&json!(it.runtime()), &json!(it.init)), "{seen}");
    assert_eq!(seen["hostname"], "box");
    let processes = &seen["gauges"]["tree"]["processes"];
    assert_eq!(processes.as_array().map(Vec::len), Some(2), "{seen}");
    let inside: Vec<i32> = it.status("NSpid").split('\t').filter_map(|pid| pid.parse().ok()).collect();
    assert_eq!((&processes[0]["pid"], &processes[0]["pid_inside"]), (&json!(it.init), &json!(inside.last())));
    let user: u32 = it.status("Uid").split('\t').nth(1).unwrap_or_default().parse()?;
    assert_eq!((&processes[0]["user"], &processes[0]["user_inside"]), (&json!(user), &json!(0)));
    assert_eq!(seen["gauges"]["memory"], Value::Null, "only what was asked for");
    Ok(Completion::Completed)
}

pub fn mounts_and_interfaces() -> Answer {
    let it = running(&["run", "--read-only"], "");
    let seen = it.seen(&["--gauge", "mounts,interfaces"]);
    let mounts = seen["gauges"]["mounts"].as_array().cloned().unwrap_or_default();
    let mountinfo = it.file("mountinfo");
    let points: Vec<&str> = mountinfo.lines().filter_map(|line| line.split(' ').nth(4)).collect();
    let targets: Vec<&str> = mounts.iter().filter_map(|mount| mount["target"].as_str()).collect();
    assert_eq!(targets, points);
    let root = mounts.iter().find(|mount| mount["target"] == "/").expect("it has a root");
    assert_eq!((&root["read_only"], &root["propagation"]), (&json!(true), &json!("private")), "{root}");
    let interfaces = &seen["gauges"]["interfaces"];
    assert_eq!(interfaces["are_hosts"], false);
    assert_eq!(interfaces["inside"][0]["name"], "lo");
    assert_eq!(interfaces["inside"][0]["addresses"][0], "127.0.0.1", "{interfaces}");
    Ok(Completion::Completed)
}

/// The folder of a controller, by the path in its /proc/PID/cgroup.
fn folder(cgroup: &str, controller: &str) -> PathBuf {
    for line in cgroup.lines() {
        let [_, names, path] = line.splitn(3, ':').collect::<Vec<_>>()[..] else { continue };
        if names.split(',').any(|name| name == controller) {
            return PathBuf::from(format!("/sys/fs/cgroup/{names}{path}"));
        }
    }
    let path = cgroup.lines().find_map(|line| line.strip_prefix("0::")).unwrap_or_default();
    PathBuf::from(format!("/sys/fs/cgroup{path}"))
}

pub fn amounts() -> Answer {
    if let Some(reason) = no_groups() {
        return harness::could_not_run(reason);
    }
    let it = running(&["run", "--memory", "64m", "--pids-limit", "20", "--cpus", "0.5"], "");
    let seen = it.seen(&["--gauge", "memory,pids,cpu"]);
    let (memory, pids, cpu) = (&seen["gauges"]["memory"], &seen["gauges"]["pids"], &seen["gauges"]["cpu"]);
    let own = folder(&it.file("cgroup"), "memory");
    let file = ["memory.current", "memory.usage_in_bytes"].map(|name| own.join(name));
    let usage = file.iter().find_map(|file| fs_err::read_to_string(file).ok()).expect("a group has one");
    let (usage, seen_usage) = (usage.trim().parse::<u64>()?, memory["usage"].as_u64().expect("it was read"));
    assert!(usage.abs_diff(seen_usage) < 1 << 20, "{usage} {seen_usage}"); // the kernel counts in batches
    assert_eq!((&memory["limit"], &memory["killed"]), (&json!(64 << 20), &json!(0)), "{memory}");
    assert_eq!(memory["sum_because"], Value::Null);
    assert_eq!((&pids["current"], &pids["max"], &pids["refused"]), (&json!(1), &json!(20), &json!(0)));
    assert_eq!((&cpu["limit"], &cpu["quota_us"]), (&json!(500), &json!(50000)), "{cpu}");
    Ok(Completion::Completed)
}

pub fn throttling() -> Answer {
    if let Some(reason) = no_groups() {
        return harness::could_not_run(reason);
    }
    let it = running(&["run", "--cpus", "0.1"], "while :; do :; done & ");
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let seen = it.seen(&["--gauge", "cpu", "--interval", "1"]);
        let cpu = &seen["gauges"]["cpu"];
        let now = cpu["now"].as_u64().expect("the second reading has a percentage");
        if cpu["throttled"].as_u64() > Some(0) && (10..250).contains(&now) {
            return Ok(Completion::Completed);
        }
        assert!(Instant::now() < deadline, "{cpu}");
    }
}

pub fn refusals() -> Answer {
    let script = "unshare --user true; unshare --user true;";
    let it = running(&["run", "--report-refusals"], script);
    let seen = it.seen(&["--gauge", "refusals"]);
    let refusals = &seen["gauges"]["refusals"];
    assert_eq!(refusals["mode"].to_string(), it.status("Seccomp"));
    let expected = json!([{"times": 2, "call": "unshare(2)", "program": "unshare"}]);
    assert_eq!(refusals["refused"], expected, "{refusals}");
    Ok(Completion::Completed)
}

pub fn refusals_not_known() -> Answer {
    let it = running(&["run"], "");
    let seen = it.seen(&["--gauge", "refusals"]);
    let refusals = &seen["gauges"]["refusals"];
    assert_eq!(refusals["refused"], Value::Null);
    let why = refusals["unknown_because"].as_str().unwrap_or_default();
    assert!(why.contains("--report-refusals"), "{why}");
    Ok(Completion::Completed)
}

pub fn early_chapters() -> Answer {
    for chapter in ["1", "2", "4", "10"] {
        let it = running(&["stage", chapter, "run"], "");
        let seen = it.seen(&["--gauge", "tree,interfaces"]);
        assert_eq!(seen["init"], it.init, "{seen}");
        assert_eq!(seen["chapter"].to_string(), chapter);
        let has_namespace = seen["gauges"]["tree"]["processes"][0]["pid_inside"] == 1;
        assert_eq!(has_namespace, chapter.parse::<u8>()? >= 3, "{seen}");
        assert_eq!(seen["gauges"]["interfaces"]["are_hosts"], chapter.parse::<u8>()? < 5, "{seen}");
    }
    Ok(Completion::Completed)
}

/// Twenty times a second must be no burden. The fastest of many counts: this machine may be busy.
pub fn is_fast() -> Answer {
    let it = running(&["run"], "");
    let container = containers::with(it.init).ok_or("it is found")?;
    let mut watch = Watch::new(&container);
    let once = |watch: &mut Watch| {
        let begin = Instant::now();
        watch.read();
        begin.elapsed()
    };
    let mut times: Vec<Duration> = (0..50).map(|_| once(&mut watch)).collect();
    times.sort_unstable();
    println!("one reading: fastest {:?}, median {:?}", times[0], times[25]);
    let slow = if sys::in_user_mode_linux() { 50 } else { 5 };
    assert!(times[0] < Duration::from_millis(slow), "{times:?}");
    assert!(Gauge::ALL.iter().all(|gauge| !watch.lines(*gauge).is_empty()));
    Ok(Completion::Completed)
}

pub fn no_container() -> Answer {
    let ours = std::process::id().to_string();
    Asked::new(MINICONTAINER).args(["top", &ours]).assert().code(1);
    Asked::new(MINICONTAINER).args(["top", "0"]).assert().code(125);
    Asked::new(MINICONTAINER).args(["top", "--interval", "0"]).assert().code(125);
    // Others may run containers meanwhile.
    Asked::new(MINICONTAINER).args(["top", "--gauge", "pids"]).assert().code(0);
    Ok(Completion::Completed)
}

pub fn below() -> Answer {
    let line = format!("{MINICONTAINER} run -- sleep 1000 & {MINICONTAINER} run -- sleep 1001; wait");
    let mut shell = Command::new("sh").args(["-c", &line]).spawn()?;
    let deadline = Instant::now() + Duration::from_secs(60);
    let pid = shell.id().cast_signed();
    let mut found = Vec::new();
    while found.len() < 2 && Instant::now() < deadline {
        found = containers::running().into_iter().filter(|it| parent(it.runtime) == Some(pid)).collect();
        found.retain(|it| it.command.starts_with("sleep 100"));
        std::thread::sleep(Duration::from_millis(20));
    }
    let newest = containers::below(pid);
    for container in &found {
        sys::kill(sys::Pid::from_raw(container.runtime), sys::Signal::SIGKILL)?;
    }
    shell.wait()?;
    assert_eq!(found.len(), 2);
    assert_eq!(newest.as_ref(), found.last());
    assert_eq!(containers::below(pid), None);
    Ok(Completion::Completed)
}

fn parent(pid: i32) -> Option<i32> {
    let status = fs_err::read_to_string(format!("/proc/{pid}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("PPid:")?.trim().parse().ok())
}
