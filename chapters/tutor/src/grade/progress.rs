//! One line on the terminal that says how far the work is.

use std::{
    io::{IsTerminal, Write},
    sync::Mutex,
    time::Instant,
};

/// How wide the bar is.
const WIDTH: usize = 30;

/// A bar on standard error; nothing where that is no terminal.
pub(super) struct Progress {
    all: usize,
    begin: Instant,
    done: Option<Mutex<usize>>,
}

impl Progress {
    /// Nothing of `all` is done yet.
    pub(super) fn new(all: usize) -> Progress {
        let done = std::io::stderr().is_terminal().then_some(Mutex::new(0));
        let progress = Progress { all, begin: Instant::now(), done };
        progress.show(0, "");
        progress
    }

    /// One more is done: `student`.
    pub(super) fn step(&self, student: &str) {
        if let Some(mut done) = self.done.as_ref().and_then(|done| done.lock().ok()) {
            *done += 1;
            self.show(*done, student);
        }
    }

    fn show(&self, done: usize, student: &str) {
        if self.done.is_none() {
            return;
        }
        let full = WIDTH * done / self.all.max(1);
        let [for_one, left] = [done, self.all - done].map(|count| u32::try_from(count).unwrap_or(u32::MAX));
        let left = self.begin.elapsed() / for_one.max(1) * left;
        let time = if done == 0 { String::new() } else { format!(", {} s left", left.as_secs()) };
        let name: String = student.chars().filter(|letter| !letter.is_control()).take(30).collect();
        let line = format!("[{:<WIDTH$}] {done} of {}{time}  {name}", "#".repeat(full), self.all);
        // A closed standard error leaves nobody to tell.
        write!(std::io::stderr(), "\r\x1b[K{line}").ok();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.done.is_some() {
            writeln!(std::io::stderr()).ok();
        }
    }
}
