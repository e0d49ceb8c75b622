//! Cpu: how much processor time is used, how much may be, and how often the container had to wait for more.
//!
//! Kernel: Documentation/scheduler/sched-bwc.rst; cgroup-v2.rst, "CPU". See it: `cpu.stat` of the group.

use std::{
    collections::VecDeque,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use ratatui::text::{Line, Span};
use serde::Serialize;

use super::{
    Said,
    group::{Groups, Version},
    paint::{color, level},
    processes::Member,
};
use crate::{
    look::{self, Seen},
    theme::Theme,
};

/// Processes count their time in hundredths of a second, so a percentage needs a while.
const WHILE: Duration = Duration::from_secs(1);

/// As many readings as a wide terminal has columns.
const HISTORY: usize = 400;

/// A tick of proc_pid_stat(5), in microseconds: USER_HZ is 100 on all architectures of today.
const TICK: u64 = 10_000;

/// One reading.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Cpu {
    /// Microseconds of processor time used so far.
    pub used_us: u64,
    /// Thousandths of one processor in use, over the last second; none at the first reading.
    pub now: Option<u64>,
    /// Thousandths of one processor that may be used; none if there is no limit.
    pub limit: Option<u64>,
    /// Microseconds of each period.
    pub quota_us: Option<u64>,
    /// How long a period is.
    pub period_us: Option<u64>,
    /// In how many periods there was work to do.
    pub periods: Option<u64>,
    /// In how many of them it had to wait, because its time was used up.
    pub throttled: Option<u64>,
    /// How long it waited.
    pub throttled_us: Option<u64>,
    /// Why there is no limit to read.
    pub no_limit_because: Option<String>,
    /// Where the time is counted: by the group, or by its processes.
    pub counted_by: &'static str,
}

/// What is kept between readings.
#[derive(Default)]
pub struct Watch {
    samples: VecDeque<(Instant, u64)>,
    history: VecDeque<u64>,
    throttled_before: Option<u64>,
    is_throttled: bool,
}

impl Watch {
    pub fn look(&mut self, groups: &Groups, members: &[Member]) -> Seen<Cpu> {
        if members.is_empty() {
            return Err(super::ENDED.into());
        }
        let own = groups.folder("cpu");
        let counted = own.as_ref().ok().and_then(|(version, folder)| used(*version, folder));
        let counted = counted.or_else(|| {
            // Version 1 counts in a controller of its own, often in the same folder.
            let (_, folder) = groups.folder("cpuacct").ok()?;
            used(Version::V1, &folder)
        });
        let by_processes = || members.iter().map(|member| member.stat.ticks).sum::<u64>() * TICK;
        let counted_by = if counted.is_some() { "group" } else { "processes" };
        let used_us = counted.unwrap_or_else(by_processes);
        let limits = match own {
            Ok((version, folder)) => limits(version, &folder),
            Err(why) => Cpu { no_limit_because: Some(why), ..Cpu::default() },
        };
        self.notice_waiting(limits.throttled);
        Ok(Cpu { used_us, now: self.now(used_us), counted_by, ..limits })
    }

    fn notice_waiting(&mut self, throttled: Option<u64>) {
        self.is_throttled = throttled > self.throttled_before && self.throttled_before.is_some();
        self.throttled_before = throttled;
    }

    /// Thousandths of a processor since about a second ago.
    fn now(&mut self, used: u64) -> Option<u64> {
        let now = Instant::now();
        while self.samples.get(1).is_some_and(|(then, _)| now.duration_since(*then) >= WHILE) {
            self.samples.pop_front();
        }
        let before = self.samples.front().copied();
        self.samples.push_back((now, used));
        let (then, used_then) = before?;
        let elapsed = u64::try_from(now.duration_since(then).as_micros()).ok()?;
        let thousandths = (used.saturating_sub(used_then) * 1000).checked_div(elapsed)?;
        self.history.push_back(thousandths);
        if self.history.len() > HISTORY {
            self.history.pop_front();
        }
        Some(thousandths)
    }

    pub fn say(&self, of: &Cpu, theme: &Theme) -> Said {
        let level = of.now.and_then(|now| level(now, of.limit));
        let now = of.now.map_or_else(|| "measuring".to_owned(), percent);
        let limit = match of.limit {
            Some(limit) => format!(" of {} allowed", percent(limit)),
            None if of.no_limit_because.is_some() => " of a processor, no limit of its own".into(),
            None => " of a processor, no limit".into(),
        };
        let waits = if self.is_throttled { "  waiting" } else { "" };
        let headline = Line::from(vec![
            Span::styled(now, color(level, theme)),
            Span::styled(limit, theme.text),
            Span::styled(waits, theme.bad),
        ]);
        let history = Some((self.history.iter().copied().collect(), of.limit));
        Said { headline, level, history, details: details(of, theme) }
    }
}

fn details(of: &Cpu, theme: &Theme) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    if let Some(because) = &of.no_limit_because {
        lines.push(Line::styled(because.clone(), theme.warning));
    }
    if let (Some(periods), Some(throttled), Some(time)) = (of.periods, of.throttled, of.throttled_us) {
        let style = if throttled > 0 { theme.warning } else { theme.dim };
        let text = format!("throttled: in {throttled} of {periods} periods, {} in all", seconds(time));
        lines.push(Line::styled(text, style));
    }
    if let (Some(quota), Some(period)) = (of.quota_us, of.period_us) {
        lines.push(Line::styled(format!("quota: {quota} of each {period} µs"), theme.dim));
    }
    let by = if of.counted_by == "group" { "" } else { ", as its processes count it" };
    lines.push(Line::styled(format!("used: {}{by}", seconds(of.used_us)), theme.dim));
    lines
}

/// 1000 thousandths of a processor are 100 percent.
pub fn percent(thousandths: u64) -> String {
    format!("{}.{}%", thousandths / 10, thousandths % 10)
}

fn seconds(microseconds: u64) -> String {
    format!("{}.{:02} s", microseconds / 1_000_000, microseconds / 10_000 % 100)
}

fn number(file: &Path) -> Option<u64> {
    look::read(file).ok()?.trim().parse().ok()
}

/// Microseconds used, where the group counts them.
fn used(version: Version, folder: &Path) -> Option<u64> {
    match version {
        Version::V2 => look::counter(&look::read(&folder.join("cpu.stat")).ok()?, "usage_usec"),
        Version::V1 => Some(number(&folder.join("cpuacct.usage"))? / 1000),
    }
}

fn limits(version: Version, folder: &Path) -> Cpu {
    let file = |name: &str| -> PathBuf { folder.join(name) };
    let stat = look::read(&file("cpu.stat")).unwrap_or_default();
    let (quota_us, period_us) = match version {
        Version::V2 => maximum(&look::read(&file("cpu.max")).unwrap_or_default()),
        Version::V1 => (number(&file("cpu.cfs_quota_us")), number(&file("cpu.cfs_period_us"))), // -1 is no number here
    };
    let throttled_us = match version {
        Version::V2 => look::counter(&stat, "throttled_usec"),
        Version::V1 => look::counter(&stat, "throttled_time").map(|nanoseconds| nanoseconds / 1000),
    };
    let limit = quota_us.zip(period_us).and_then(|(quota, period)| (quota * 1000).checked_div(period));
    Cpu {
        limit,
        quota_us,
        period_us,
        periods: look::counter(&stat, "nr_periods"),
        throttled: look::counter(&stat, "nr_throttled"),
        throttled_us,
        ..Cpu::default()
    }
}

/// `50000 100000`, or `max 100000`.
fn maximum(line: &str) -> (Option<u64>, Option<u64>) {
    let mut words = line.split_whitespace().map(|word| word.parse().ok());
    (words.next().flatten(), words.next().flatten())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_of_both_versions() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs_err::write(folder.path().join(name), text).unwrap();
        write("cpu.cfs_quota_us", "50000\n");
        write("cpu.cfs_period_us", "100000\n");
        write("cpu.stat", "nr_periods 10\nnr_throttled 4\nthrottled_time 2500000\n");
        let read = limits(Version::V1, folder.path());
        assert_eq!((read.limit, read.throttled, read.throttled_us), (Some(500), Some(4), Some(2500)));
        write("cpu.cfs_quota_us", "-1\n");
        assert_eq!(limits(Version::V1, folder.path()).limit, None);
        write("cpu.max", "150000 100000\n");
        write("cpu.stat", "usage_usec 77\nnr_periods 10\nnr_throttled 4\nthrottled_usec 25\n");
        let read = limits(Version::V2, folder.path());
        assert_eq!((read.limit, read.throttled_us), (Some(1500), Some(25)));
        assert_eq!(used(Version::V2, folder.path()), Some(77));
        assert_eq!(maximum("max 100000\n"), (None, Some(100_000)));
    }

    #[test]
    fn thousandths_become_percent() {
        assert_eq!(percent(1005), "100.5%");
        assert_eq!(seconds(1_239_000), "1.23 s");
    }
}
