//! Recordings: what a demo shows as an asciicast, which plays in a page and in a terminal.
//!
//! The format is asciicast v2, <https://docs.asciinema.org/manual/asciicast/v2/>: a header, then one event a line.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
    rc::Rc,
    time::Duration,
};

use serde::{Deserialize, Serialize};
use sys::{Error, Result, Size};

use crate::{
    clock::Clock,
    estate::Estate,
    scenario::Scenario,
    screen::{self, Options},
};

/// A player shows no pause that is longer, in seconds.
const LONGEST_PAUSE: f64 = 4.0;

/// The first line of a recording.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
pub struct Header {
    /// Of the format: 2.
    pub version: u8,
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
    /// What it is called: the scenario's title.
    pub title: String,
    /// Seconds; a longer pause is shortened by the player.
    pub idle_time_limit: f64,
    /// What the terminal was. There is no time in the header: the same demo gives the same recording.
    pub env: BTreeMap<String, String>,
}

impl Header {
    /// For a terminal of this size.
    pub fn new(title: &str, size: Size) -> Header {
        Header {
            version: 2,
            width: size.columns,
            height: size.rows,
            title: title.to_owned(),
            idle_time_limit: LONGEST_PAUSE,
            env: [("TERM".to_owned(), "xterm-256color".to_owned())].into(),
        }
    }
}

/// Seconds since the beginning, what it is, and what was written or reached.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
pub struct Event(pub f64, pub String, pub String);

/// The code of what was written to the terminal.
const OUTPUT: &str = "o";

/// The code of a place that one can jump to.
const MARKER: &str = "m";

/// Makes events of what is written to it. Copies write the same recording.
#[derive(Clone)]
pub struct Recorder {
    clock: Clock,
    tape: Rc<RefCell<Tape>>,
}

/// What was recorded so far.
#[derive(Default)]
struct Tape {
    events: Vec<Event>,
    /// Written, and not yet an event: since the last flush.
    waiting: Vec<u8>,
}

impl Recorder {
    /// Nothing is recorded yet.
    pub fn new(clock: Clock) -> Recorder {
        Recorder { clock, tape: Rc::default() }
    }

    /// A step begins here.
    pub fn marker(&self, label: &str) {
        self.end_event();
        let event = self.event(MARKER, label);
        self.tape.borrow_mut().events.push(event);
    }

    /// All events.
    pub fn events(&self) -> Vec<Event> {
        self.end_event();
        self.tape.borrow().events.clone()
    }

    fn event(&self, code: &str, data: &str) -> Event {
        let milliseconds = u32::try_from(self.clock.now().as_millis()).unwrap_or(u32::MAX);
        Event(f64::from(milliseconds) / 1000.0, code.to_owned(), data.to_owned())
    }

    /// What waits becomes an event, but for a character of which only the beginning was written.
    fn end_event(&self) {
        let mut tape = self.tape.borrow_mut();
        let complete = complete(&tape.waiting);
        let rest = tape.waiting.split_off(complete);
        let written = std::mem::replace(&mut tape.waiting, rest);
        if !written.is_empty() {
            let event = self.event(OUTPUT, &String::from_utf8_lossy(&written));
            tape.events.push(event);
        }
    }
}

impl Write for Recorder {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.tape.borrow_mut().waiting.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.end_event();
        Ok(())
    }
}

/// How many bytes at the beginning are whole characters. What is none at all is not waited for.
fn complete(bytes: &[u8]) -> usize {
    match std::str::from_utf8(bytes) {
        Err(error) if error.error_len().is_none() => error.valid_up_to(),
        Err(error) => {
            let bad = error.valid_up_to() + error.error_len().unwrap_or_default();
            bad + complete(&bytes[bad..])
        }
        Ok(_) => bytes.len(),
    }
}

/// Play a demo unseen and write `path`. A demo that does not go as announced is no recording.
pub fn play(scenario: &Scenario, estate: &Estate, options: Options, path: &Path) -> Result<bool> {
    let size = options.size.unwrap_or(Size { rows: 30, columns: 100 });
    let recorder = Recorder::new(options.clock.clone());
    let mut reached = 0;
    let faults = screen::play_on(recorder.clone(), scenario, estate, options, &mut |player| {
        if !player.is_rewinding() && player.at() >= reached {
            reached = player.at() + 1;
            recorder.marker(&player.step().title);
            progress(reached, scenario.steps.len(), &player.step().title);
        }
    });
    progress_is_over();
    if let Some(fault) = faults?.first() {
        return Err(Error::new(format!("demo {}: nothing was recorded", scenario.name)).why(fault));
    }
    Recording { header: Header::new(&scenario.title, size), events: recorder.events() }.save(path)?;
    Ok(true)
}

// The file

/// A recording that is read back.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    /// Its first line.
    pub header: Header,
    /// The others.
    pub events: Vec<Event>,
}

/// What was to be seen from one marker to the next.
#[derive(Clone, Debug, Default)]
pub struct Scene {
    /// The label of the marker; empty before the first.
    pub label: String,
    /// Each screen, as lines.
    pub screens: Vec<Vec<String>>,
}

impl Recording {
    /// The text of the file.
    pub fn text(&self) -> Result<String> {
        let wrong = |error: serde_json::Error| Error::new("a recording").why(error.to_string());
        let mut text = serde_json::to_string(&self.header).map_err(wrong)? + "\n";
        for event in &self.events {
            text += &(serde_json::to_string(event).map_err(wrong)? + "\n");
        }
        Ok(text)
    }

    /// Read one.
    pub fn parse(text: &str) -> Result<Recording> {
        let wrong = |error: serde_json::Error| Error::new("a recording").why(error.to_string());
        let mut lines = text.lines();
        let header = serde_json::from_str(lines.next().unwrap_or_default()).map_err(wrong)?;
        let events = lines.map(serde_json::from_str).collect::<std::result::Result<_, _>>().map_err(wrong)?;
        Ok(Recording { header, events })
    }

    /// Play it on a screen that nobody sees.
    pub fn scenes(&self) -> Vec<Scene> {
        let mut screen = vt100::Parser::new(self.header.height, self.header.width, 0);
        let mut scenes = Vec::new();
        let mut scene = Scene::default();
        for Event(_, code, data) in &self.events {
            if code == MARKER {
                let next = Scene { label: data.clone(), screens: Vec::new() };
                scenes.push(std::mem::replace(&mut scene, next));
            } else if code == OUTPUT {
                screen.process(data.as_bytes());
                let lines = screen.screen().rows(0, self.header.width);
                let lines = lines.map(|line| line.trim_end().to_owned()).collect();
                scene.screens.push(lines);
            }
        }
        scenes.push(scene);
        scenes
    }

    /// How long it takes.
    pub fn length(&self) -> Duration {
        Duration::from_secs_f64(self.events.last().map_or(0.0, |event| event.0.max(0.0)))
    }

    /// Write the file: all of it or nothing.
    pub fn save(&self, path: &Path) -> Result<()> {
        let part = part(path);
        let written = fs_err::write(&part, self.text()?).and_then(|()| fs_err::rename(&part, path));
        if written.is_err() {
            fs_err::remove_file(&part).ok(); // the first error is the one to tell
        }
        Ok(written?)
    }
}

/// Where a recording is until it is complete.
fn part(path: &Path) -> PathBuf {
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    part.into()
}

/// Whether a recording can be written there: better known before a demo is played than after it.
pub fn try_path(path: &Path) -> Result<()> {
    let part = part(path);
    fs_err::File::create(&part)?;
    Ok(fs_err::remove_file(&part)?)
}

/// A size on the command line: `100x30`.
pub fn size(text: &str) -> std::result::Result<Size, String> {
    let numbers = text.split_once('x').map(|(columns, rows)| (columns.parse(), rows.parse()));
    match numbers {
        Some((Ok(columns @ 40..=400), Ok(rows @ 10..=200))) => Ok(Size { rows, columns }),
        _ => Err("COLUMNSxROWS, such as 100x30, from 40x10 to 400x200".into()),
    }
}

/// A line on standard error, where somebody looks at it.
pub fn progress(step: usize, steps: usize, title: &str) {
    let mut errors = io::stderr();
    if errors.is_terminal() {
        let line = format!("\r\x1b[Krecording: step {step} of {steps}, {title}");
        errors.write_all(line.as_bytes()).ok(); // a progress line is worth no error
    }
}

/// The end of that line.
pub fn progress_is_over() {
    if io::stderr().is_terminal() {
        io::stderr().write_all(b"\r\x1b[K").ok(); // the same
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recorder() -> Recorder {
        Recorder::new(Clock::skipping())
    }

    fn data(recorder: &Recorder) -> Vec<String> {
        recorder.events().into_iter().map(|Event(_, code, data)| code + &data).collect()
    }

    #[test]
    fn a_character_is_never_cut() {
        let mut recorder = recorder();
        for piece in [b"a\xe2".as_slice(), b"\x94", b"\x82b"] {
            recorder.write_all(piece).unwrap();
            recorder.flush().unwrap();
        }
        assert_eq!(data(&recorder), ["oa", "o│b"]);
    }

    #[test]
    fn what_is_no_character_is_not_waited_for() {
        assert_eq!(complete(b"a\xffb"), 3);
        assert_eq!(complete(b"\xff\xe2\x94"), 1);
        assert_eq!(complete(b""), 0);
    }

    #[test]
    fn a_marker_comes_after_what_was_written_before() {
        let mut recorder = recorder();
        recorder.write_all(b"one").unwrap();
        recorder.marker("Two");
        recorder.clone().write_all(b"two").unwrap();
        assert_eq!(data(&recorder), ["oone", "mTwo", "otwo"]);
    }

    #[test]
    fn pauses_are_in_the_recording() {
        let mut recorder = recorder();
        let clock = recorder.clock.clone();
        clock.is_over(clock.now(), Duration::from_secs(90));
        recorder.write_all(b"late").unwrap();
        let time = recorder.events()[0].0;
        assert!((90.0..100.0).contains(&time), "{time}");
    }

    #[test]
    fn a_recording_is_read_back() {
        let mut recorder = recorder();
        recorder.write_all(b"\x1b[31mred\x1b[0m").unwrap();
        recorder.marker("Green");
        recorder.write_all(b"\rgreen").unwrap();
        let header = Header::new("Colours", Size { rows: 10, columns: 40 });
        let recording = Recording { header, events: recorder.events() };
        let text = recording.text().unwrap();
        assert!(text.starts_with(r#"{"version":2,"width":40,"height":10,"title":"Colours""#), "{text}");
        assert_eq!(Recording::parse(&text).unwrap(), recording);
        let scenes = recording.scenes();
        assert_eq!((scenes[0].screens[0][0].as_str(), scenes[1].label.as_str()), ("red", "Green"));
        assert_eq!(scenes[1].screens[0][0], "green");
    }

    #[test]
    fn a_file_is_there_as_a_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let (good, bad) = (folder.path().join("good.cast"), folder.path().join("nowhere/bad.cast"));
        let header = Header::new("Nothing", Size { rows: 10, columns: 40 });
        let recording = Recording { header, events: Vec::new() };
        try_path(&good).unwrap();
        recording.save(&good).unwrap();
        recording.save(&good).unwrap();
        assert!(try_path(&bad).is_err() && recording.save(&bad).is_err());
        assert_eq!(fs_err::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_size_is_columns_and_rows() {
        assert_eq!(size("100x30").map(|size| (size.rows, size.columns)), Ok((30, 100)));
        for text in ["100", "x", "0x0", "100x", "1000x30"] {
            assert!(size(text).is_err(), "{text}");
        }
    }
}
