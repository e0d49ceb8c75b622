//! `--step`: each call waits until somebody at the terminal lets it be made.
//!
//! So a trainer can look around from a second terminal while the container is half built. Both processes ask, on the
//! same terminal, one at a time. What they share is the *slate*, a memfd that the child inherits: its first byte says
//! whether there are still stops, and the others are the question that waits for an answer. Whoever prints a row
//! meanwhile takes the question away and puts it below his row. The slate has two locks: one says whose turn it is to
//! ask, the other is held by who prints. They are record locks (fcntl(2)), because flock(2) belongs to the open file,
//! which parent and child have in common: both would hold it.

use std::{
    fs::File,
    io::{IsTerminal, Read, Write, stderr},
    os::{
        fd::{AsFd, FromRawFd, OwnedFd},
        unix::fs::FileExt,
    },
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{OnceLock, atomic::Ordering},
    thread::ThreadId,
};

use nix::{
    errno::Errno,
    fcntl::{FcntlArg, FdFlag, fcntl},
    poll::{PollFd, PollFlags, PollTimeout},
    sys::memfd::MFdFlags,
};

use super::{SILENT, Side, side};
use crate::{Error, Result};

static STEPS: OnceLock<Steps> = OnceLock::new();

struct Steps {
    terminal: File,
    slate: File,
    /// Whether the terminal can take a question away again.
    erases: bool,
    /// Helping threads never ask: what they do is not a step of the container.
    thread: ThreadId,
}

/// What stands on the slate.
const STOP: u8 = b's';
const GO_ON: u8 = b'c';
const END: u8 = b'q';

/// Where the question stands on it, and the most that it takes there.
const QUESTION: u64 = 1;
const ROOM: usize = 255;

/// The locks of the slate, each a byte of it.
const TURN: i64 = 0;
const SCREEN: i64 = 1;

/// What a process ends with that was ended from the keyboard: 128 and SIGINT.
const ENDED: u8 = 130;

/// What unwinds the parent's script when it is ended, so that everything it has made is dropped, and so removed.
struct Ended;

/// From here on, wait for the terminal before each call.
pub fn enable() -> Result<()> {
    if STEPS.get().is_some() {
        return Ok(());
    }
    let terminal = fs_err::OpenOptions::new().read(true).write(true).open("/dev/tty").map_err(|error| {
        Error::new(format!("--step: {error}"))
            .why("each call waits for Enter on the terminal, and this process has none")
            .remedy("Start it in a terminal (with ssh or docker: -t), or leave it at --explain.")
    })?;
    let name = |errno: Errno| Error::new(format!("--step: {}", errno.desc()));
    let (slate, is_new) = match inherited_slate() {
        Some(slate) => (slate, false),
        None => (new_slate().map_err(name)?, true),
    };
    let terminal = out_of_the_way(&terminal).map_err(name)?;
    let erases = std::env::var_os("TERM").is_some_and(|term| term != "dumb");
    let steps = Steps { terminal, slate, erases, thread: this_thread() };
    if is_new {
        steps.write(STOP);
        steps.say(
            "--step: each call waits for you.\n\
             Enter: the next call; c and Enter: go on without stopping; q and Enter: end.\n",
        );
    }
    STEPS.set(steps).ok(); // somebody else's would do as well
    Ok(())
}

/// Our descriptors have high numbers: the numbers in the rows stay those of the book. This is the slate's.
const HIGH: i32 = 200;
const NAME: &str = "minicontainer-steps";

fn new_slate() -> nix::Result<File> {
    out_of_the_way(nix::sys::memfd::memfd_create(NAME, MFdFlags::MFD_CLOEXEC)?)
}

/// The slate from before this program started itself again.
fn inherited_slate() -> Option<File> {
    let path = fs_err::read_link(format!("/proc/self/fd/{HIGH}")).ok()?;
    if !path.to_str()?.starts_with(&format!("/memfd:{NAME}")) {
        return None;
    }
    #[allow(unsafe_code)]
    // SAFETY: it came through execve, so nobody in this program owns it yet.
    let slate = unsafe { OwnedFd::from_raw_fd(HIGH) };
    fcntl(&slate, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC)).ok()?;
    Some(slate.into())
}

/// A copy of `descriptor` with a high number.
#[allow(unsafe_code)]
fn out_of_the_way(descriptor: impl AsFd) -> nix::Result<File> {
    let raw = fcntl(descriptor, FcntlArg::F_DUPFD_CLOEXEC(HIGH))?;
    // SAFETY: the kernel has just opened this descriptor for us, and nobody else knows of it.
    Ok(unsafe { OwnedFd::from_raw_fd(raw) }.into())
}

fn this_thread() -> ThreadId {
    std::thread::current().id()
}

/// The steps, where this is a process and a thread that takes part in them. Who is being unwound only cleans up.
fn steps() -> Option<&'static Steps> {
    let takes_part = |steps: &&Steps| {
        !SILENT.load(Ordering::Relaxed) && !std::thread::panicking() && steps.thread == this_thread()
    };
    STEPS.get().filter(takes_part)
}

/// Wait until the call `line` may be made.
pub(super) fn wait(line: &str, page: &str) {
    let Some(steps) = steps() else { return };
    if steps.read() == STOP && steps.lock(TURN, libc::F_WRLCK).is_ok() {
        // Meanwhile the other process may have been told to go on, or to end.
        if steps.read() == STOP {
            steps.write(steps.ask(line));
        }
        if page == "execve(2)" && steps.read() == STOP && side() == Side::Child {
            steps.write(GO_ON); // from here on the terminal is the command's
        }
        steps.lock(TURN, libc::F_UNLCK).ok(); // the end of the process unlocks it, too
    }
    if page == "execve(2)" && side() == Side::Parent {
        // The parent starts itself again (chapter 11): what stands on the slate holds for it then, too.
        fcntl(&steps.slate, FcntlArg::F_SETFD(FdFlag::empty())).ok();
    }
    end_if_told();
}

/// Have `print` print whole lines on standard error. A question that waits on the same terminal stands below them then.
pub fn beside_a_question(print: impl FnOnce()) {
    match STEPS.get().filter(|steps| steps.read() == STOP && stderr().is_terminal()) {
        Some(steps) => steps.on_the_screen(|| {
            let question = steps.question();
            if question.is_empty() {
                return print();
            }
            // With Enter the terminal has begun a new line, though the other process may not have read it yet.
            let has_answer = steps.has_answer();
            steps.take_away(has_answer);
            print();
            if !has_answer {
                steps.put(&question);
            }
        }),
        None => print(),
    }
}

/// End here, if somebody has said so to one of the two processes.
pub(super) fn end_if_told() {
    if steps().is_some_and(|steps| steps.read() == END) {
        match side() {
            // The child has nothing that the kernel would not take back.
            Side::Child => crate::exit_now(ENDED),
            // Not an error: a script may do without a call that has failed. And not a panic, which would say so.
            Side::Parent => resume_unwind(Box::new(Ended)),
        }
    }
}

/// Run `script`; when it is ended with `q`, everything it has made is removed, and the answer is the exit code.
pub fn unless_ended<T>(script: impl FnOnce() -> T) -> std::result::Result<T, u8> {
    catch_unwind(AssertUnwindSafe(script))
        .map_err(|payload| if payload.is::<Ended>() { ENDED } else { resume_unwind(payload) })
}

impl Steps {
    fn read(&self) -> u8 {
        let mut byte = [GO_ON];
        // A slate that cannot be read must not stop the container for ever.
        self.slate.read_at(&mut byte, 0).ok();
        byte[0]
    }

    fn write(&self, state: u8) {
        self.slate.write_at(&[state], 0).ok(); // a byte of memory that we own; without it the next call asks again
    }

    /// The question that waits; empty if there is none.
    fn question(&self) -> String {
        let mut text = [0; ROOM];
        self.slate.read_at(&mut text, QUESTION).ok(); // one that cannot be read does not come again
        String::from_utf8_lossy(&text).trim_end_matches('\0').to_owned()
    }

    fn note(&self, question: &str) {
        let mut text = [0; ROOM];
        text[..question.len()].copy_from_slice(question.as_bytes());
        self.slate.write_at(&text, QUESTION).ok(); // as in `write`
    }

    fn put(&self, question: &str) {
        self.note(question);
        self.say(question);
    }

    /// Take the question away that stands on the screen: in the cursor's line, or in the one above it.
    fn take_away(&self, above: bool) {
        self.note("");
        self.say(match (self.erases, above) {
            (true, false) => "\r\x1b[J",
            (true, true) => "\r\x1b[1A\x1b[J",
            (false, false) => "\n",
            (false, true) => "",
        });
    }

    /// Whether there is a line at the terminal that nobody has read.
    fn has_answer(&self) -> bool {
        let mut ask = [PollFd::new(self.terminal.as_fd(), PollFlags::POLLIN)];
        nix::poll::poll(&mut ask, PollTimeout::ZERO).is_ok_and(|ready| ready > 0)
    }

    /// Do what neither the other process nor another thread may print into.
    fn on_the_screen<T>(&self, work: impl FnOnce() -> T) -> T {
        let _threads = stderr().lock(); // a record lock is the whole process's
        self.lock(SCREEN, libc::F_WRLCK).ok(); // without it the lines may mix, and that is all
        let done = work();
        self.lock(SCREEN, libc::F_UNLCK).ok();
        done
    }

    /// `fcntl(F_SETLKW)`: wait for our turn, or let the other one have it.
    fn lock(&self, which: i64, kind: i32) -> nix::Result<()> {
        #[allow(unsafe_code)]
        // SAFETY: an all-zero flock is a valid value, it consists of integers only.
        let mut lock: libc::flock = unsafe { std::mem::zeroed() };
        #[expect(clippy::cast_possible_truncation, reason = "F_WRLCK and F_UNLCK are 1 and 2")]
        let kind = kind as i16;
        lock.l_type = kind;
        lock.l_start = which;
        lock.l_len = 1;
        loop {
            match fcntl(&self.slate, FcntlArg::F_SETLKW(&lock)) {
                Err(Errno::EINTR) => {}
                done => return done.map(drop),
            }
        }
    }

    /// Ask what to do before the call `line`; the answer goes on the slate.
    fn ask(&self, line: &str) -> u8 {
        const LONGEST: usize = 50; // the question is one line, on a terminal of 80 columns as well
        let mut shown: String = line.chars().take(LONGEST).collect();
        if shown.len() < line.len() {
            shown.push('…');
        }
        let question = format!("{} stops before {shown} ", side());
        self.on_the_screen(|| {
            if !self.question().is_empty() {
                self.take_away(false); // of a process that was killed while it asked
            }
            let was_typed_before = self.has_answer();
            self.put(&question);
            if was_typed_before {
                self.say("\n"); // the terminal has shown the Enter already, somewhere above
            }
        });
        let mut answer = [0; 256];
        // The terminal gives one line. Nothing at all is Control-D, or a terminal that is gone.
        let length = loop {
            match (&self.terminal).read(&mut answer) {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                read => break read.unwrap_or(0),
            }
        };
        let answer = &answer[..length];
        self.on_the_screen(|| {
            // The question goes, or every second line would be one. Control-D begins no new line.
            if !self.question().is_empty() {
                self.take_away(answer.ends_with(b"\n"));
            }
        });
        match answer.trim_ascii() {
            _ if length == 0 => END,
            [b'q', ..] => END,
            [b'c', ..] => GO_ON,
            _ => STOP,
        }
    }

    fn say(&self, text: &str) {
        (&self.terminal).write_all(text.as_bytes()).ok(); // a terminal that is gone answers the question as well
    }
}
