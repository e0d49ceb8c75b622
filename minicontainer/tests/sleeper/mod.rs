//! A process to look at, in a container or not, that ends with its test.

use std::{
    process::{Child, Command},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

/// A process that sleeps until the test is over, in a container or not. Its runtime takes it along.
pub struct Sleeper {
    /// What was started: the runtime, or itself.
    pub started: Child,
    /// The sleeping process, out here.
    pub pid: u32,
}

impl Drop for Sleeper {
    fn drop(&mut self) {
        self.started.kill().expect("what we have started can be ended");
        self.started.wait().expect("and is gone then");
    }
}

/// Somebody who in the end sleeps so many seconds. Nobody else sleeps as many, and so he is found.
pub fn sleeper(command: impl FnOnce(&str) -> Command) -> Sleeper {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let seconds = format!("16180339.{}{:03}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let started = command(&seconds).spawn().expect("it starts");
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
