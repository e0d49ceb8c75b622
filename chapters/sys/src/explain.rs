//! `--explain`: the runtime tells each system call as it really happens.
//!
//! Parent and child write to the same standard error, one `write(2)` a line, so that the order on the screen is
//! the order in time. What is shown is what was called, printed by the function that called it, never what was
//! meant to be called. Some calls are shown before they are made (`call_shown_before` says which and why); had
//! such a call failed, a second line would say so.
//!
//! There are two formats. The table gives each of the two processes its own column; a row that ends in … was
//! printed before its call. JSON ([`Format::Json`]) is for programs: one object a line, of one of two shapes.
//!
//! ```json
//! {"side":"parent","pid":71,"chapter":4,"page":"mount(2)","call":"mount(…)","result":"0","started_us":801,"took_us":12}
//! {"note":"a sentence about what a system call alone does not say"}
//! ```
//!
//! * `pid` is the number that the process has for itself: 1 for a child in a PID namespace of its own.
//! * `chapter` is null where no chapter makes the call.
//! * `result` and `took_us` are null where the line was written before the call.
//! * `started_us` and `took_us` are microseconds, `started_us` since the program began, by one monotonic clock for
//!   both processes. The whole runtime starts itself again once (chapter 11), and so the count does.
//!
//! Fields are added, never renamed. A line of standard error that is no object comes from the command, or is an error.

mod record;
mod step;
mod table;

use std::{
    fmt,
    io::Write,
    sync::{
        OnceLock,
        atomic::{AtomicBool, AtomicU8, Ordering},
    },
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};
pub use step::{beside_a_question, enable as enable_steps, unless_ended};
use table::Screen;

use crate::Place;

/// Which of the two processes is speaking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[repr(u8)]
pub enum Side {
    /// The runtime, outside.
    Parent,
    /// The process that becomes the command, inside.
    Child,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Side::Parent => "parent",
            Side::Child => "child",
        })
    }
}

/// For whom the calls are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people: parent and child side by side.
    Table,
    /// For programs: one object a line.
    Json,
}

/// Where the calls go, once somebody wants to see them.
enum Output {
    Table(Screen),
    Json,
}

static SIDE: AtomicU8 = AtomicU8::new(Side::Parent as u8);
static OUTPUT: OnceLock<Output> = OnceLock::new();
static BEGIN: OnceLock<Instant> = OnceLock::new();
static SILENT: AtomicBool = AtomicBool::new(false);

/// Which of the two processes this is.
pub fn side() -> Side {
    if SIDE.load(Ordering::Relaxed) == Side::Child as u8 { Side::Child } else { Side::Parent }
}

pub(crate) fn set_side(side: Side) {
    SIDE.store(side as u8, Ordering::Relaxed);
}

/// The program begins: what [`Format::Json`] counts from. The first who says so is believed.
pub fn begin() {
    BEGIN.get_or_init(Instant::now);
}

/// From here on, show every call on standard error. The first format that is asked for stays.
pub fn enable(format: Format) {
    begin();
    let output = match format {
        Format::Table => Output::Table(Screen::of_stderr()),
        Format::Json => Output::Json,
    };
    if OUTPUT.set(output).is_ok()
        && let Some(Output::Table(screen)) = OUTPUT.get()
    {
        print(&screen.heading());
    }
}

/// From here on this process shows nothing and never waits for a key: it is neither of the two.
pub fn silence() {
    SILENT.store(true, Ordering::Relaxed);
}

/// Whether somebody wants to see the calls.
pub(crate) fn is_enabled() -> bool {
    output().is_some()
}

/// Where to show it, if anything is to be shown.
fn output() -> Option<&'static Output> {
    OUTPUT.get().filter(|_| !SILENT.load(Ordering::Relaxed))
}

fn print(text: &str) {
    // One write for the whole row, so that rows of the two processes never mix. A standard error
    // that cannot be written to must not stop the container.
    beside_a_question(|| {
        std::io::stderr().write_all(text.as_bytes()).ok();
    });
}

/// A sentence across both columns, for what a system call alone does not say.
pub fn note(text: &str) {
    match output() {
        Some(Output::Table(screen)) => print(&screen.remark(text)),
        Some(Output::Json) => print(&record::note(text)),
        None => {}
    }
}

/// A call on its way: what it is, who explains it, and when it was made.
pub(crate) struct Call<'a> {
    pub(crate) line: &'a str,
    pub(crate) page: &'a str,
    chapter: Option<u8>,
    started: Instant,
}

impl<'a> Call<'a> {
    /// The call is about to be made. With `--step` this waits until the trainer lets it.
    pub(crate) fn begin(line: &'a str, page: &'a str, place: &Place) -> Call<'a> {
        step::wait(line, page);
        Call { line, page, chapter: place.chapter(), started: Instant::now() }
    }

    /// The call has returned.
    pub(crate) fn returned(&self, outcome: &str) {
        self.show(Some(outcome), Some(self.started.elapsed()));
        step::end_if_told();
    }

    /// The call is being made, and this is the last moment to show it.
    pub(crate) fn announce(&self) {
        self.show(None, None);
    }

    fn show(&self, outcome: Option<&str>, took: Option<Duration>) {
        match output() {
            Some(Output::Table(screen)) => print(&screen.call(self, outcome, took)),
            Some(Output::Json) => print(&record::call(self, outcome, took)),
            None => {}
        }
    }
}
