//! `minicontainer top`: the gauges of every container of ours that is running.
//!
//! Nothing keeps a list of them: see `containers`. What is no terminal gets one reading as text.

mod board;
mod screen;

use std::{
    collections::HashSet,
    io::{self, IsTerminal, Write},
    process::ExitCode,
    time::Duration,
};

use clap::ValueHint;
use serde::Serialize;
use sys::{Error, Result};

use crate::{
    containers::{self, Container},
    gauges::{Gauge, Readings, Watch, bytes, percent},
};

/// The flags of `top`.
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub struct Top {
    /// Only the container of this process: of its runtime, or of a process inside
    #[arg(value_name = "PID", value_hint = ValueHint::Other, value_parser = clap::value_parser!(i32).range(1..))]
    pid: Option<i32>,
    /// Print one reading as text, as it is done where standard output is no terminal
    #[arg(long)]
    once: bool,
    /// Print one reading as JSON
    #[arg(long)]
    json: bool,
    /// The gauge to begin with; as text or JSON, only these
    #[arg(long, value_name = "GAUGE", value_delimiter = ',')]
    gauge: Vec<Gauge>,
    /// Time between two readings
    #[arg(long, value_name = "SECONDS", default_value = "0.2", value_parser = interval)]
    interval: Duration,
    /// Dark letters on white, for a bright room
    #[arg(long)]
    light: bool,
}

const AFTER: &str = "\
Keys: arrows or j and k choose the container, Tab or 1 to 7 the gauge, Page Up
and Page Down scroll it, q ends.

Examples:
  minicontainer top                           all containers of ours that are running
  minicontainer top 1234                      only that with the process 1234
  minicontainer top --once --gauge memory     one reading of the memory, as text
  minicontainer top --json                    one reading of everything, for programs

A percentage of processor time is that of one processor, as in top(1). An
ordinary user sees his own containers only. Which system calls were refused is
known of containers that were started with run --report-refusals.

Exit code: 0, also if no container is running; 1 if the process PID is in none;
125 if top itself fails; 128 and the number of the signal that ended it.";

/// What the command is called in messages.
const NAME: &str = "minicontainer";

fn interval(text: &str) -> Result<Duration, String> {
    let seconds = text.parse::<f64>().ok().filter(|seconds| (0.05..=60.0).contains(seconds));
    seconds.map(Duration::from_secs_f64).ok_or_else(|| "a number of seconds from 0.05 to 60".into())
}

/// The shape of `--json`; fields are added, never renamed.
#[derive(Serialize)]
struct Report<'a> {
    format: u8,
    containers: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    #[serde(flatten)]
    container: &'a Container,
    has_ended: bool,
    gauges: &'a Readings,
}

/// Show what there is to see.
pub fn run(flags: &Top) -> Result<ExitCode> {
    sys::restore_defaults()?; // SIGPIPE ends us quietly when nobody reads on, as in `top | head`
    if let Some(pid) = flags.pid.filter(|pid| containers::with(*pid).is_none()) {
        cli::complain(NAME, &no_such(pid));
        return Ok(ExitCode::FAILURE);
    }
    if flags.json {
        return print_json(&read_once(flags));
    }
    if flags.once || !io::stdout().is_terminal() {
        return print_text(flags, &read_once(flags));
    }
    screen::run(flags)
}

fn no_such(pid: i32) -> Error {
    Error::new(format!("top {pid}: no container of ours has a process with this number"))
        .why("it has ended, it is no container of minicontainer's, or it is somebody else's")
        .remedy("minicontainer top shows those that there are. minicontainer xray looks at any process.")
}

/// What is there: all, or the one that was asked for.
fn wanted(flags: &Top) -> Vec<Container> {
    match flags.pid {
        Some(pid) => containers::with(pid).into_iter().collect(),
        None => containers::running(),
    }
}

/// Two readings: a percentage is over a time.
fn read_once(flags: &Top) -> Vec<Watch> {
    let gauges = if flags.gauge.is_empty() { &Gauge::ALL } else { flags.gauge.as_slice() };
    let mut watches: Vec<Watch> =
        wanted(flags).iter().map(|container| Watch::new(container).only(gauges)).collect();
    watches.iter_mut().for_each(Watch::read);
    if !watches.is_empty() && gauges.contains(&Gauge::Cpu) {
        std::thread::sleep(flags.interval);
        watches.iter_mut().for_each(Watch::read);
    }
    // Where all are asked for, one that ended meanwhile is no longer one of them.
    watches.retain(|watch| flags.pid.is_some() || !watch.has_ended());
    watches
}

fn print_json(watches: &[Watch]) -> Result<ExitCode> {
    let entry = |watch| {
        let (container, has_ended) = (Watch::container(watch), watch.has_ended());
        Entry { container, has_ended, gauges: watch.readings() }
    };
    let report = Report { format: 1, containers: watches.iter().map(entry).collect() };
    let mut output = io::stdout().lock();
    serde_json::to_writer_pretty(&mut output, &report).map_err(io::Error::from)?;
    writeln!(output)?;
    Ok(ExitCode::SUCCESS)
}

/// A heading for each container, and its gauges.
fn print_text(flags: &Top, watches: &[Watch]) -> Result<ExitCode> {
    let mut output = io::stdout().lock();
    if watches.is_empty() {
        writeln!(output, "{}", NONE.join("\n"))?;
    }
    let gauges: HashSet<Gauge> = flags.gauge.iter().copied().collect();
    for (index, watch) in watches.iter().enumerate() {
        if index > 0 {
            writeln!(output)?;
        }
        writeln!(output, "{}", heading(watch))?;
        for gauge in Gauge::ALL.into_iter().filter(|it| gauges.is_empty() || gauges.contains(it)) {
            let lines = watch.lines(gauge);
            let (headline, details) = lines.split_first().expect("a gauge has a headline");
            writeln!(output, "  {:<11} {headline}", gauge.name())?;
            details.iter().try_for_each(|line| writeln!(output, "  {:<11} {line}", ""))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What to say where there is nothing to show.
const NONE: [&str; 2] = [
    "no container of ours is running, or none that this user may see",
    "try, in another terminal: minicontainer run",
];

fn heading(watch: &Watch) -> String {
    let Container { runtime, init, command, hostname, chapter, .. } = watch.container();
    let name = hostname.as_ref().map_or_else(String::new, |name| format!(", {name}"));
    let chapter = chapter.map_or_else(String::new, |chapter| format!(", chapter {chapter}"));
    let ended = if watch.has_ended() { ", ended" } else { "" };
    format!("{init}{name}: {command} (runtime {runtime}{chapter}{ended})")
}

/// The three amounts of the list, or a question mark.
fn amounts(watch: &Watch) -> [String; 3] {
    let readings = watch.readings();
    let unknown = || "?".to_owned();
    let memory = readings.memory.as_ref().and_then(|it| it.as_ref().ok());
    let cpu = readings.cpu.as_ref().and_then(|it| it.as_ref().ok()).and_then(|it| it.now);
    let pids = readings.pids.as_ref().and_then(|it| it.as_ref().ok());
    [
        memory.map_or_else(unknown, |it| bytes(it.usage)),
        cpu.map_or_else(unknown, percent),
        pids.map_or_else(unknown, |it| it.current.to_string()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_is_a_part_of_a_second_or_some() {
        assert_eq!(interval("0.2"), Ok(Duration::from_millis(200)));
        for wrong in ["", "0", "-1", "NaN", "inf", "61", "1s"] {
            assert!(interval(wrong).is_err(), "{wrong}");
        }
    }
}
