//! A container to look at, which ends with its test.

use std::{
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use assert_cmd::Command as Asked;
use serde_json::Value;

pub const MINICONTAINER: &str = env!("CARGO_BIN_EXE_minicontainer");

/// Why a test about limits cannot run here, if it cannot.
pub fn no_groups() -> Option<&'static str> {
    (!checks::harness::may_make_groups()).then_some("this user may make no control group here")
}

/// Its runtime takes it along.
pub struct Running {
    started: Child,
    /// Its first process, out here.
    pub init: i32,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.started.kill().expect("what we have started can be ended");
        self.started.wait().expect("and is gone then");
    }
}

impl Running {
    /// The runtime.
    pub fn runtime(&self) -> i32 {
        self.started.id().cast_signed()
    }

    pub fn file(&self, name: &str) -> String {
        fs_err::read_to_string(format!("/proc/{}/{name}", self.init)).expect("a file of /proc")
    }

    /// A field of its `status`.
    pub fn status(&self, field: &str) -> String {
        let status = self.file("status");
        let line = status.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
        line.expect("it has this field").trim().to_owned()
    }

    /// What `top --json` says of it.
    pub fn seen(&self, flags: &[&str]) -> Value {
        let init = self.init.to_string();
        let output = Asked::new(MINICONTAINER).args(["top", &init, "--json"]).args(flags).output();
        let output = output.expect("it starts");
        assert!(output.status.success(), "{output:?}");
        let report: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
        report["containers"][0].clone()
    }
}

/// `minicontainer` with these arguments, and a container that sleeps at the end of its script.
pub fn running(arguments: &[&str], script: &str) -> Running {
    // Seconds that nobody else sleeps tell which process it is.
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let seconds = format!("14142135.{}{:03}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let script = format!("{script} exec sleep {seconds}");
    let started = Command::new(MINICONTAINER)
        .args(arguments)
        .args(["--", "sh", "-c", &script])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let mut running = Running { started, init: 0 };
    let line = format!("sleep\0{seconds}\0");
    let deadline = Instant::now() + Duration::from_secs(60);
    while running.init == 0 {
        assert!(Instant::now() < deadline, "nobody sleeps");
        let ended = running.started.try_wait().expect("it can be asked");
        assert!(ended.is_none(), "{ended:?}");
        std::thread::sleep(Duration::from_millis(5));
        running.init = find(&line).unwrap_or(0);
    }
    running
}

fn find(line: &str) -> Option<i32> {
    let entries = fs_err::read_dir("/proc").expect("/proc").flatten();
    let mut pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    pids.find(|pid| fs_err::read(format!("/proc/{pid}/cmdline")).is_ok_and(|bytes| bytes == line.as_bytes()))
}
