//! A process to look at, in a container or not, that ends with its test.

use std::{
    process::{Child, Command as Program, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use crate::asking::MINICONTAINER;

/// A process that sleeps until the test is over, in a container or not. Its runtime takes it along.
pub struct Sleeper {
    started: Child,
    pub pid: u32,
}

impl Drop for Sleeper {
    fn drop(&mut self) {
        self.started.kill().expect("what we have started can be ended");
        self.started.wait().expect("and is gone then");
    }
}

/// A container with these flags.
pub fn container(flags: &[&str]) -> Sleeper {
    let mut command = Program::new(MINICONTAINER);
    command.arg("run").args(flags).arg("--").stdin(Stdio::null());
    sleeper(command)
}

/// A process with nothing of its own.
pub fn plain() -> Sleeper {
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
