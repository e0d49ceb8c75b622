//! A container to look at, which ends with its test.

use std::process::{Command, Stdio};

use assert_cmd::Command as Asked;
use serde_json::Value;

use crate::sleeper::{Sleeper, sleeper};

pub const MINICONTAINER: &str = env!("CARGO_BIN_EXE_minicontainer");

/// Why a test about limits cannot run here, if it cannot.
pub fn no_groups() -> Option<&'static str> {
    (!checks::harness::may_make_groups()).then_some("this user may make no control group here")
}

/// Its runtime takes it along.
pub struct Running {
    sleeper: Sleeper,
    /// Its first process, out here.
    pub init: i32,
}

impl Running {
    /// The runtime.
    pub fn runtime(&self) -> i32 {
        self.sleeper.started.id().cast_signed()
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
    let sleeper = sleeper(|seconds| {
        let script = format!("{script} exec sleep {seconds}");
        let mut command = Command::new(MINICONTAINER);
        command.args(arguments).args(["--", "sh", "-c", &script]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    });
    let init = sleeper.pid.cast_signed();
    Running { sleeper, init }
}
