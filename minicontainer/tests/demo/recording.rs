//! Recordings: is it of the scenario as it is now?

use std::{io, path::Path};

use libtest_mimic::Failed;
use live::{
    record::{Header, Recording, Scene},
    scenario::{self, Audience, Pattern, Step},
};
use sys::Size;

use crate::{book, panes};

/// Of every recording in the book.
const SIZE: Size = Size { rows: 30, columns: 100 };

/// A page loads it, and git keeps it for ever.
const MOST_OF_A_STEP: usize = 11_000;

/// What is longer may be broken by the edge of a pane.
const NARROW: usize = 40;

/// What the gauge of mounts has from the kernel: kinds of file systems, and what is usually mounted where there is no
/// device. Where it has a name of your own machine, record on another.
const FILE_SYSTEMS: &str = "bpf btrfs cgroup debugfs devpts devtmpfs hugetlbfs mqueue none overlay proc securityfs shm sysfs \
                            tmpfs tracefs udev xfs";

/// Markers are the titles, captions were shown, nothing failed, what was expected was to be seen, and nothing is shown that
/// is not in the transcript.
pub fn is_of_this_scenario(name: &str) -> Result<(), Failed> {
    let text = fs_err::read_to_string(book(&format!("{name}.cast")))
        .map_err(|error| again(name, &error.to_string()))?;
    let recording = Recording::parse(&text).map_err(|error| again(name, &error.to_string()))?;
    let scenario = scenario::find_whole(name).map_err(|error| error.to_string())?;
    let steps: Vec<_> = scenario.steps.iter().filter(|step| step.is_for(Audience::Root)).collect();
    let mut faults = faults_of_the_file(&text, steps.len());
    if recording.header != Header::new(&scenario.title, SIZE) {
        faults.push(format!("its header is {:?}", recording.header));
    }
    let all = recording.scenes();
    let scenes = &all[1..];
    let labels: Vec<_> = scenes.iter().map(|scene| &scene.label).collect();
    let titles: Vec<_> = steps.iter().map(|step| &step.title).collect();
    if labels == titles {
        faults.extend(steps.iter().zip(scenes).flat_map(|(step, scene)| faults_of(step, scene)));
        let transcript = fs_err::read_to_string(book(&format!("{name}.txt")))?;
        faults.extend(panes::faults(&scenario, &steps, &transcript, &all));
        let notes = fs_err::read_to_string(book(&format!("{name}.md")))?;
        faults.extend(panes::words_of_nobody(&[&transcript, &notes, &program()?, FILE_SYSTEMS], &all));
    } else {
        faults.push(format!("its steps are {labels:?}; the scenario's are {titles:?}"));
    }
    if faults.is_empty() { Ok(()) } else { Err(again(name, &faults.join("\n"))) }
}

fn again(name: &str, why: &str) -> Failed {
    format!("book/demos/{name}.cast: {why}\nAs root, `just recordings {name}` makes it anew.").into()
}

/// The source of all that draws around the panes.
fn program() -> io::Result<String> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("../chapters/live/src");
    let mut text = String::new();
    for folder in ["", "gauges", "screen"] {
        for entry in fs_err::read_dir(home.join(folder))? {
            let path = entry?.path();
            if path.is_file() {
                text += &fs_err::read_to_string(path)?;
            }
        }
    }
    Ok(text)
}

fn faults_of_the_file(text: &str, steps: usize) -> Vec<String> {
    let home = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let tree = fs_err::canonicalize(home).map(|path| path.display().to_string()).unwrap_or_default();
    let mut faults = Vec::new();
    if text.len() > MOST_OF_A_STEP * steps {
        faults.push(format!("it has {} bytes; {} are the most", text.len(), MOST_OF_A_STEP * steps));
    }
    if text.contains(&tree) {
        faults.push(format!("it has a path of this machine: {tree}"));
    }
    faults
}

/// What is not to be seen between the step's marker and the next.
fn faults_of(step: &Step, scene: &Scene) -> Vec<String> {
    let screens: Vec<String> = scene.screens.iter().map(|screen| words(screen)).collect();
    let panes: Vec<String> = scene.screens.iter().map(|screen| panes(screen)).collect();
    let caption = step.caption.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut faults = Vec::new();
    if !screens.iter().any(|screen| screen.contains(&caption)) {
        faults.push(format!("{}: the caption is not shown: {caption}", step.title));
    }
    if screens.iter().any(|screen| screen.contains('✗')) {
        faults.push(format!("{}: it was not as announced", step.title));
    }
    let seen = |pattern: &&Pattern| panes.iter().any(|screen| pattern.0.is_match(screen));
    let hidden = step.expect.iter().filter(|pattern| is_short(pattern)).find(|pattern| !seen(pattern));
    faults.extend(hidden.map(|pattern| format!("{}: {pattern} is not to be seen", step.title)));
    faults
}

fn is_short(pattern: &Pattern) -> bool {
    pattern.to_string().len() <= NARROW
}

/// All words of a screen, as if it had one long line.
fn words(screen: &[String]) -> String {
    let all: Vec<&str> = screen.iter().flat_map(|line| line.split_whitespace()).collect();
    all.join(" ")
}

/// What stands in each column between the borders, in three ways: with its margins, without them, and as one long line,
/// because the edge of a pane breaks lines.
fn panes(screen: &[String]) -> String {
    let is_border = |letter: char| ('\u{2500}'..='\u{257f}').contains(&letter);
    let rows: Vec<Vec<&str>> = screen.iter().map(|line| line.split(is_border).collect()).collect();
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let column = |at: usize| {
        let pieces = rows.iter().filter_map(|row| row.get(at).copied());
        let with: Vec<&str> = pieces.clone().map(str::trim_end).collect();
        let without: Vec<&str> = pieces.clone().map(str::trim).filter(|piece| !piece.is_empty()).collect();
        [with.join("\n"), without.join("\n"), pieces.collect()].join("\n")
    };
    (0..columns).map(column).collect::<Vec<_>>().join("\n")
}
