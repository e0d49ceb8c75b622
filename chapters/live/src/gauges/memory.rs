//! Memory: how much is in use, how much may be, and whom the OOM killer has killed.
//!
//! Kernel: cgroup-v2.rst, "Memory"; cgroup-v1/memory.rst. See it: `memory.current` and `memory.events` of the group.

use std::{
    collections::VecDeque,
    fs::File,
    os::{fd::AsFd, unix::fs::FileExt},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::{Duration, Instant},
};

use nix::poll::{PollFd, PollFlags, poll};

use ratatui::text::{Line, Span};
use serde::Serialize;

use super::{
    Said,
    group::{Groups, Version},
    paint::{bytes, color, level},
    processes::Member,
};
use crate::{
    look::{self, Seen},
    theme::Theme,
};

/// Version 1 writes "no limit" as the largest number of pages that there is, in bytes.
const NO_LIMIT: u64 = 1 << 60;

/// As many readings as a wide terminal has columns.
const HISTORY: usize = 400;

/// A container's group is gone a few milliseconds after its first process was killed. Who wants to see the kill must
/// look more often than twenty times a second.
const OFTEN: Duration = Duration::from_millis(2);
const OFTEN_IN_POLL: u8 = 2;

/// How long to look without sleeping when the limit was hit, and how long not to do that again.
const AWAKE: Duration = Duration::from_millis(50);
const PAUSE: Duration = Duration::from_secs(1);

/// One reading.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Memory {
    /// Bytes in use.
    pub usage: u64,
    /// Bytes that may be in use; none if there is no limit.
    pub limit: Option<u64>,
    /// The most that was in use, if the kernel counts it.
    pub peak: Option<u64>,
    /// How often the limit was in the way of somebody who wanted more.
    pub limit_hits: Option<u64>,
    /// How many processes the OOM killer has killed.
    pub killed: Option<u64>,
    /// How many more it has killed on this machine, when the group was gone before a last look.
    pub unseen_kills: Option<u64>,
    /// Bytes that the machine has.
    pub machine: Option<u64>,
    /// Why this is only the sum of what its processes have in use, if it is.
    pub sum_because: Option<String>,
}

/// What was seen since the last reading.
#[derive(Debug)]
struct Closely {
    last: Memory,
    /// The most that was in use.
    high: u64,
}

/// What is kept between readings.
#[derive(Default)]
pub struct Watch {
    history: VecDeque<u64>,
    /// Read between two readings, by a thread that ends when this is dropped.
    closely: Option<Arc<Mutex<Closely>>>,
    is_casual: bool,
    /// How many had been killed when we began to look: on this machine, and in the group.
    began: Option<(u64, u64)>,
}

impl Watch {
    pub fn look(&mut self, groups: &Groups, members: &[Member]) -> Seen<Memory> {
        let reading = match groups.folder("memory") {
            Ok((version, folder)) => {
                let reading = of_group(version, &folder)?;
                self.began = self.began.or_else(|| Some((kills_on_machine()?, reading.killed?)));
                self.look_back(version, folder, &reading);
                reading
            }
            Err(_) if members.is_empty() => return Err(super::ENDED.into()),
            Err(why) => {
                let reading = of_members(why, members);
                self.remember(reading.usage);
                reading
            }
        };
        Ok(Memory { machine: machine(), ..reading })
    }

    pub fn closely(&mut self, yes: bool) {
        self.is_casual = !yes;
        self.closely = self.closely.take().filter(|_| yes);
    }

    /// Remember the most that was in use since the last reading.
    fn look_back(&mut self, version: Version, folder: PathBuf, reading: &Memory) {
        if self.is_casual {
            return self.remember(reading.usage);
        }
        let closely = self.closely.get_or_insert_with(|| watch_closely(version, folder, reading.clone()));
        let high = std::mem::replace(&mut lock(closely).high, reading.usage);
        self.remember(high.max(reading.usage));
    }

    /// The container is gone: add what was seen since the last reading. A process that was killed has given its memory
    /// back before its group goes, so what counts is the most that it had.
    pub fn finish(&mut self, reading: &mut Option<Seen<Memory>>) {
        let Some(closely) = self.closely.take() else { return };
        let (last, high) = {
            let seen = lock(&closely);
            (seen.last.clone(), seen.high)
        };
        let killed_before = reading.as_ref().and_then(|it| it.as_ref().ok()).and_then(|it| it.killed);
        let usage = if last.killed > killed_before { high } else { last.usage };
        self.remember(usage);
        let was_near = last.limit.is_some_and(|limit| high / 3 >= limit / 4);
        let unseen_kills = self.unseen_kills(&last).filter(|_| was_near);
        *reading = Some(Ok(Memory { usage, unseen_kills, machine: machine(), ..last }));
    }

    /// On a busy machine a group can be gone before a last look. The machine's own count goes on.
    fn unseen_kills(&self, last: &Memory) -> Option<u64> {
        let (on_machine, in_group) = self.began?;
        let seen = last.killed?.saturating_sub(in_group);
        let all = kills_on_machine()?.saturating_sub(on_machine);
        Some(all.saturating_sub(seen)).filter(|unseen| *unseen > 0)
    }

    fn remember(&mut self, usage: u64) {
        self.history.push_back(usage);
        if self.history.len() > HISTORY {
            self.history.pop_front();
        }
    }

    pub fn say(&self, of: &Memory, theme: &Theme) -> Said {
        let level = level(of.usage, of.limit);
        let limit = match (of.limit, of.machine, &of.sum_because) {
            (Some(limit), ..) => format!(" of {}", bytes(limit)),
            (None, machine, because) => {
                let none = if because.is_some() { "no limit of its own" } else { "no limit" };
                machine.map_or_else(
                    || format!(", {none}"),
                    |all| format!(", {none}; the machine has {}", bytes(all)),
                )
            }
        };
        let headline = Line::from(vec![
            Span::styled(bytes(of.usage), color(level, theme)),
            Span::styled(limit, theme.text),
        ]);
        let history = Some((self.history.iter().copied().collect(), of.limit));
        Said { headline, level, history, details: details(of, theme) }
    }
}

fn details(of: &Memory, theme: &Theme) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    if let Some(because) = &of.sum_because {
        lines
            .push(Line::styled(format!("{because}: this is the sum of its processes' VmRSS"), theme.warning));
    }
    if let Some(killed) = of.killed {
        let unseen = of.unseen_kills.map(|more| format!(" seen; meanwhile {more} more on this machine"));
        let style = if killed > 0 || unseen.is_some() { theme.bad } else { theme.dim };
        lines.push(Line::styled(
            format!("killed by the OOM killer: {killed}{}", unseen.unwrap_or_default()),
            style,
        ));
    }
    if let Some(hits) = of.limit_hits {
        let style = if hits > 0 { theme.warning } else { theme.dim };
        lines.push(Line::styled(format!("limit in the way: {hits} times"), style));
    }
    if let Some(peak) = of.peak {
        lines.push(Line::styled(format!("at most: {}", bytes(peak)), theme.dim));
    }
    lines
}

fn of_group(version: Version, folder: &Path) -> Seen<Memory> {
    let text = |name: &str| look::read(&folder.join(name));
    let number = |name: &str| text(name).ok().and_then(|text| text.trim().parse::<u64>().ok());
    let usage = |name: &str| text(name)?.trim().parse().map_err(|_| format!("{name} is no number"));
    let reading = match version {
        Version::V2 => {
            let events = text("memory.events").unwrap_or_default();
            Memory {
                usage: usage("memory.current")?,
                limit: number("memory.max"),
                peak: number("memory.peak"),
                limit_hits: look::counter(&events, "max"),
                killed: look::counter(&events, "oom_kill"),
                ..Memory::default()
            }
        }
        Version::V1 => Memory {
            usage: usage("memory.usage_in_bytes")?,
            limit: number("memory.limit_in_bytes").filter(|limit| *limit < NO_LIMIT),
            peak: number("memory.max_usage_in_bytes"),
            // The runtime limits memory and swap together: that limit is hit first, and counts by itself.
            limit_hits: number("memory.failcnt")
                .map(|hits| hits + number("memory.memsw.failcnt").unwrap_or_default()),
            killed: look::counter(&text("memory.oom_control").unwrap_or_default(), "oom_kill"),
            ..Memory::default()
        },
    };
    Ok(reading)
}

fn of_members(because: String, members: &[Member]) -> Memory {
    let usage = members.iter().map(Member::resident).sum();
    Memory { usage, sum_because: Some(because), ..Memory::default() }
}

/// Since the machine was started, in all groups and none.
fn kills_on_machine() -> Option<u64> {
    let text = look::read(Path::new("/proc/vmstat")).ok()?;
    look::counter(&text, "oom_kill")
}

fn machine() -> Option<u64> {
    let text = look::read(Path::new("/proc/meminfo")).ok()?;
    let kilobytes = look::field(&text, "MemTotal")?.strip_suffix("kB")?.trim().parse::<u64>().ok()?;
    Some(kilobytes * 1024)
}

/// Read the group again and again, until it is gone or nobody asks any more.
fn watch_closely(version: Version, folder: PathBuf, first: Memory) -> Arc<Mutex<Closely>> {
    let shared = Arc::new(Mutex::new(Closely { high: first.usage, last: first }));
    let theirs: Weak<Mutex<Closely>> = Arc::downgrade(&shared);
    std::thread::spawn(move || {
        let mut bell = Bell::new(&folder);
        while let Ok(new) = of_group(version, &folder) {
            let Some(shared) = theirs.upgrade() else { return };
            let mut seen = lock(&shared);
            let is_hit = new.limit_hits > seen.last.limit_hits;
            *seen = Closely { high: seen.high.max(new.usage), last: new };
            drop(seen);
            drop(shared); // or nobody else could drop the last one while we sleep
            bell.wait(is_hit);
        }
    });
    shared
}

/// Waits for the next look at a group.
struct Bell {
    /// Version 2 wakes those who poll(2) this file when something happens.
    events: Option<File>,
    /// Until when not to sleep: a kill comes shortly after the limit was hit, and the end of the group shortly after that.
    awake: Instant,
    /// When the limit was hit for the first time after a pause. Who lives at the limit is not worth a whole processor.
    hit: Option<Instant>,
}

impl Bell {
    fn new(folder: &Path) -> Bell {
        let events = File::open(folder.join("memory.events")).ok();
        Bell { events, awake: Instant::now(), hit: None }
    }

    fn wait(&mut self, is_hit: bool) {
        let now = Instant::now();
        if is_hit && self.hit.is_none_or(|hit| now.duration_since(hit) > PAUSE) {
            (self.hit, self.awake) = (Some(now), now + AWAKE);
        }
        match &self.events {
            _ if now < self.awake => std::thread::yield_now(),
            Some(events) => {
                let mut ready = [PollFd::new(events.as_fd(), PollFlags::POLLPRI)];
                poll(&mut ready, OFTEN_IN_POLL).ok();
                events.read_at(&mut [0; 256], 0).ok(); // or it would be ready again at once
            }
            None => std::thread::sleep(OFTEN),
        }
    }
}

fn lock(shared: &Mutex<Closely>) -> MutexGuard<'_, Closely> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kills_that_nobody_saw_are_the_machines() {
        let all = kills_on_machine().unwrap();
        let watch = Watch { began: Some((all.saturating_sub(2), 0)), ..Watch::default() };
        let last = |killed| Memory { killed: Some(killed), ..Memory::default() };
        assert_eq!(watch.unseen_kills(&last(2)), None);
        assert!(all < 2 || watch.unseen_kills(&last(1)) >= Some(1));
    }

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs_err::write(folder.path().join(name), text).unwrap();
        }
        folder
    }

    #[test]
    fn version_1() {
        let files = folder(&[
            ("memory.usage_in_bytes", "1048576\n"),
            ("memory.limit_in_bytes", "67108864\n"),
            ("memory.max_usage_in_bytes", "2097152\n"),
            ("memory.failcnt", "3\n"),
            ("memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n"),
        ]);
        let read = of_group(Version::V1, files.path()).unwrap();
        assert_eq!((read.usage, read.limit, read.peak), (1 << 20, Some(64 << 20), Some(2 << 20)));
        assert_eq!((read.limit_hits, read.killed), (Some(3), Some(1)));
        fs_err::write(files.path().join("memory.limit_in_bytes"), "9223372036854771712\n").unwrap();
        assert_eq!(of_group(Version::V1, files.path()).unwrap().limit, None);
    }

    #[test]
    fn version_2() {
        let files = folder(&[
            ("memory.current", "1048576\n"),
            ("memory.max", "max\n"),
            ("memory.events", "low 0\nhigh 0\nmax 7\noom 2\noom_kill 1\noom_group_kill 0\n"),
        ]);
        let read = of_group(Version::V2, files.path()).unwrap();
        assert_eq!((read.usage, read.limit, read.peak), (1 << 20, None, None));
        assert_eq!((read.limit_hits, read.killed), (Some(7), Some(1)));
        assert!(of_group(Version::V1, files.path()).is_err());
    }

    #[test]
    fn the_last_reading_is_the_kill() {
        let before = Memory { usage: 50, killed: Some(0), ..Memory::default() };
        let last = Memory { usage: 2, killed: Some(1), ..Memory::default() };
        let closely = Arc::new(Mutex::new(Closely { last, high: 64 }));
        let mut watch = Watch { closely: Some(closely), ..Watch::default() };
        let mut reading = Some(Ok(before));
        watch.finish(&mut reading);
        let reading = reading.unwrap().unwrap();
        assert_eq!((reading.usage, reading.killed), (64, Some(1)));
        assert_eq!(watch.history, [64]);
    }
}
