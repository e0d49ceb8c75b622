//! The screen of `demo`, as a terminal shows it: what is to be seen at three sizes, what the keys do, and that nothing
//! is left behind.
#![cfg(feature = "live")]

use std::{
    io::{Read, Write},
    os::fd::OwnedFd,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use nix::sys::termios::{Termios, tcgetattr};
use sys::Size;
use tempfile::TempDir;

const MINICONTAINER: &str = env!("CARGO_BIN_EXE_minicontainer");
const SHORT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/demo/short.toml");
const WRONG: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/demo/wrong.toml");
const STEPS: usize = 5;

const SIZES: [Size; 3] =
    [Size { rows: 24, columns: 80 }, Size { rows: 40, columns: 120 }, Size { rows: 60, columns: 200 }];

/// Machines are shared.
const PATIENCE: Duration = Duration::from_secs(40);

/// A screen that has not changed for so long is complete.
const QUIET: Duration = Duration::from_millis(300);

const PAGE_DOWN: &str = "\x1b[6~";
const PAGE_UP: &str = "\x1b[5~";
const SHIFT_TAB: &str = "\x1b[Z";
const F12: &str = "\x1b[24~";

/// A demo at a terminal of its own.
struct Demo {
    child: Child,
    ours: std::fs::File,
    /// Kept open, so that its modes can be compared afterwards.
    theirs: fs_err::File,
    modes: Termios,
    screen: vt100::Parser,
    spoke: Instant,
    began: Instant,
    folder: TempDir,
}

impl Demo {
    fn start(size: Size, arguments: &[&str]) -> Demo {
        Demo::start_with(size, arguments, &[])
    }

    fn start_with(size: Size, arguments: &[&str], variables: &[(&str, &str)]) -> Demo {
        let (ours, path): (OwnedFd, _) = sys::new_terminal().expect("a terminal");
        sys::set_window_size(&ours, size).expect("a size");
        let theirs = fs_err::OpenOptions::new().read(true).write(true).open(path).expect("its other end");
        let modes = tcgetattr(theirs.file()).expect("its modes");
        let folder = tempfile::tempdir().expect("a folder");
        let end = || Stdio::from(theirs.file().try_clone().expect("a descriptor"));
        // A session of its own, with this terminal: as in a window of its own.
        let mut command = Command::new("setsid");
        command.args(["--ctty", MINICONTAINER, "demo"]).args(arguments);
        command.env("TERM", "xterm-256color").env("TMPDIR", folder.path()).env_remove("NO_COLOR");
        command.envs(variables.iter().copied()).stdin(end()).stdout(end()).stderr(end());
        let child = command.spawn().expect("the program starts");
        let now = Instant::now();
        let screen = vt100::Parser::new(size.rows, size.columns, 0);
        Demo { child, ours: ours.into(), theirs, modes, screen, spoke: now, began: now, folder }
    }

    fn read(&mut self) {
        let mut buffer = vec![0; 1 << 16];
        while let Ok(count @ 1..) = self.ours.read(&mut buffer) {
            self.screen.process(&buffer[..count]);
            self.spoke = Instant::now();
        }
        std::thread::sleep(Duration::from_millis(5));
    }

    fn text(&self) -> String {
        let (_, columns) = self.screen.screen().size();
        let lines: Vec<String> =
            self.screen.screen().rows(0, columns).map(|line| line.trim_end().to_owned()).collect();
        // The prompt of an ordinary user.
        lines.join("\n").replace("host$", "host#")
    }

    /// What is to be seen when it is this, and does not change any more.
    fn shows(&mut self, what: impl Fn(&str) -> bool) -> String {
        let began = Instant::now();
        loop {
            self.read();
            let text = self.text();
            if what(&text) && self.spoke.elapsed() > QUIET {
                return text;
            }
            assert!(began.elapsed() < PATIENCE, "not what was expected:\n{text}");
        }
    }

    fn has(&mut self, words: &str) -> String {
        self.shows(|text| text.contains(words))
    }

    fn press(&mut self, keys: &str) {
        self.ours.write_all(keys.as_bytes()).expect("somebody reads");
        self.spoke = Instant::now(); // there will be an answer
    }

    fn resize(&mut self, size: Size) {
        sys::set_window_size(&self.ours, size).expect("a size");
        self.screen.screen_mut().set_size(size.rows, size.columns);
        self.spoke = Instant::now();
    }

    /// At the beginning of step `number`.
    fn at(&mut self, number: usize) -> String {
        let place = format!("step {number} of {STEPS} ");
        let ready = |text: &str| text.contains("space: ") && !text.contains("as announced");
        self.shows(|text| text.contains(&place) && ready(text) && is_honest(number - 1, text))
    }

    /// Run it.
    fn done(&mut self, number: usize) -> String {
        if number > 1 {
            self.press(" ");
            return self.shows(|text| text.contains("✓ as announced") && is_honest(number, text));
        }
        self.at(number)
    }

    /// Until it ends by itself: its code.
    fn end(&mut self) -> i32 {
        let began = Instant::now();
        loop {
            self.read();
            if let Some(status) = self.child.try_wait().expect("it is our child") {
                self.read();
                return status.code().expect("an exit code");
            }
            assert!(began.elapsed() < PATIENCE, "it does not end:\n{}", self.text());
        }
    }

    /// Nobody, nothing, and a terminal as it was.
    fn leaves_nothing(&mut self) {
        let screen = self.screen.screen();
        assert!(!screen.alternate_screen() && !screen.hide_cursor(), "the screen was not given back");
        assert!(!screen.bracketed_paste(), "pasting is not as before");
        assert_eq!(tcgetattr(self.theirs.file()).expect("its modes"), self.modes);
        let left: Vec<_> = fs_err::read_dir(self.folder.path()).expect("our folder").collect();
        assert!(left.is_empty(), "{left:?}");
        let left = processes_with(self.folder.path());
        assert!(left.is_empty(), "{left:?}");
    }

    fn leave(mut self) {
        self.press("q");
        let code = self.end();
        assert!(code <= 1, "{code}:\n{}", self.text());
        self.leaves_nothing();
    }
}

impl Drop for Demo {
    /// Where a test has failed. The keeper takes everybody with him.
    fn drop(&mut self) {
        if let (Ok(None), Ok(pid)) = (self.child.try_wait(), i32::try_from(self.child.id())) {
            sys::kill(sys::Pid::from_raw(pid), sys::Signal::SIGTERM).ok();
            self.child.wait().ok();
        }
    }
}

/// Whether the container's pane is called one when, and only when, there is one after so many steps.
fn is_honest(done: usize, text: &str) -> bool {
    let inside = (3..STEPS).contains(&done);
    text.contains(" container ") && text.contains("still on the host") != inside
}

/// Who has this folder in his environment, as all of a demo have.
fn processes_with(folder: &Path) -> Vec<String> {
    let folder = folder.to_string_lossy().into_owned();
    let ours = |pid: &String| {
        let environment = fs_err::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        String::from_utf8_lossy(&environment).contains(&folder)
    };
    let entries = fs_err::read_dir("/proc").expect("/proc").flatten();
    let pids = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    pids.filter(|name| name.bytes().all(|byte| byte.is_ascii_digit())).filter(ours).collect()
}

fn name(size: Size) -> String {
    format!("{}x{}", size.columns, size.rows)
}

/// One picture below the other.
#[derive(Default)]
struct Album(String);

impl Album {
    fn add(&mut self, title: &str, picture: &str) {
        self.0.push_str(&format!("===== {title}\n{picture}\n"));
    }
}

#[test]
fn every_step_at_every_size() {
    for size in SIZES {
        let mut demo = Demo::start(size, &[SHORT]);
        let mut album = Album::default();
        for number in 1..=STEPS {
            album.add(&format!("step {number}"), &demo.at(number));
            if number > 1 {
                album.add(&format!("step {number}, done"), &demo.done(number));
            }
            if number < STEPS {
                demo.press(PAGE_DOWN);
            }
        }
        demo.press(" "); // there is nothing more
        demo.has("that was the last step");
        insta::assert_snapshot!(format!("demo_{}", name(size)), album.0);
        demo.leave();
    }
}

#[test]
fn what_can_be_switched() {
    for size in SIZES {
        let mut demo = Demo::start(size, &[SHORT]);
        let mut album = Album::default();
        demo.at(1);
        demo.press("?");
        album.add("help", &demo.has("any key closes this"));
        demo.press("x");
        demo.shows(|text| !text.contains("any key closes this"));
        demo.press("n");
        album.add("notes", &demo.has("There is nothing to run here."));
        demo.press("n");
        demo.shows(|text| !text.contains("There is nothing to run here."));
        demo.press("b");
        album.add("large type", &demo.shows(|text| text.contains('█') || text.contains('▛')));
        demo.press("b");
        demo.shows(|text| text.contains('┏'));
        insta::assert_snapshot!(format!("demo_switched_{}", name(size)), album.0);
        demo.leave();
    }
}

#[test]
fn flags_are_keys_that_were_pressed_before() {
    let mut demo = Demo::start(SIZES[1], &[SHORT, "--notes", "--large"]);
    let text =
        demo.shows(|text| text.contains("There is nothing to run here.") && text.contains("space: go on"));
    assert!(text.contains('█'), "{text}");
    demo.leave();
}

#[test]
fn two_themes_and_none() {
    use vt100::Color::{Default, Idx};
    let colors = |demo: &Demo, row, column| {
        let cell = demo.screen.screen().cell(row, column).expect("a cell");
        (cell.fgcolor(), cell.bgcolor())
    };
    // The title, and a letter of the prompt in the host's pane.
    for (flag, key_pressed, letters, ground) in [
        ("--notes", "", 255, 16),
        ("--light", "", 16, 231),
        ("--notes", "t", 16, 231),
        ("--light", "t", 255, 16),
    ] {
        let mut demo = Demo::start(SIZES[0], &[SHORT, flag]);
        demo.at(1);
        demo.press(key_pressed);
        demo.shows(|_| true);
        let row =
            u16::try_from(demo.text().lines().position(|line| line.contains("host#")).expect("a prompt"));
        for (row, column) in [(0, 0), (row.expect("a row"), 1)] {
            assert_eq!(colors(&demo, row, column), (Idx(letters), Idx(ground)), "{flag} {key_pressed}");
        }
        demo.leave();
    }
    let mut demo = Demo::start_with(SIZES[0], &[SHORT], &[("NO_COLOR", "1")]);
    demo.at(1);
    demo.press("t");
    demo.shows(|_| true);
    assert_eq!(colors(&demo, 0, 0), (Default, Default));
    demo.leave();
}

#[test]
fn the_terminal_changes_its_size() {
    let small = Size { rows: 10, columns: 40 };
    let mut demo = Demo::start(SIZES[0], &[SHORT]);
    let mut album = Album::default();
    demo.at(1);
    demo.press(" ");
    demo.at(2);
    demo.done(2);
    for size in [SIZES[2], small, SIZES[1]] {
        demo.resize(size);
        let bottom = usize::from(size.rows) - 1;
        let picture = demo.shows(|text| {
            text.lines().nth(bottom).is_some_and(|keys| keys.starts_with(" space ")) && text.contains("file")
        });
        album.add(&name(size), &picture);
    }
    insta::assert_snapshot!("demo_resized", album.0);
    demo.leave();
}

#[test]
fn going_back_makes_everything_new() {
    let mut demo = Demo::start(SIZES[0], &[SHORT]);
    for number in 1..=4 {
        demo.at(number);
        demo.done(number);
        if number < 4 {
            demo.press(" ");
        }
    }
    demo.press(PAGE_UP); // before the command of this step
    let text = demo.at(4);
    assert!(text.contains("root@box#") && !text.contains("┃box "), "{text}");
    demo.press(PAGE_UP); // and to the steps before
    demo.at(3);
    demo.press(PAGE_UP);
    let text = demo.at(2);
    assert!(!text.contains("│file"), "{text}");
    let text = demo.done(2); // which looks whether the file is there, and expects that it is not
    assert!(text.contains("file"), "{text}");
    demo.press("r");
    demo.at(1);
    demo.press(PAGE_UP); // there is nothing before
    demo.at(1);
    demo.leave();
}

#[test]
fn both_panes_take_keys() {
    let mut demo = Demo::start(SIZES[1], &[SHORT]);
    demo.at(1);
    demo.press(" ");
    demo.at(2);
    demo.press("\t");
    demo.has("YOU TYPE HERE");
    demo.press("echo $((40+2))q?n\r");
    demo.has("42q?n");
    demo.press("cat /etc/hostn\t"); // the shell's own Tab
    demo.has("/etc/hostname");
    demo.press("\x03"); // and Ctrl-C is the shell's, too
    demo.press("echo and\x1b[D\x1b[D\x1b[Dsecond \r");
    demo.has("second and");
    demo.press(F12);
    demo.shows(|text| !text.contains("YOU TYPE HERE"));
    demo.press(SHIFT_TAB);
    demo.has("container (still on the host) YOU TYPE HERE");
    demo.press("\x1b[200~echo pasted\x1b[201~");
    demo.has("# echo pasted");
    demo.press("\x1d"); // Ctrl-]
    demo.shows(|text| !text.contains("YOU TYPE HERE"));
    demo.leave();
}

/// However much is printed, the keys work; and it can be looked at afterwards.
#[test]
fn a_flood_does_not_take_the_keys() {
    let mut demo = Demo::start(SIZES[0], &[SHORT]);
    demo.at(1);
    demo.press("\tyes flooded\r");
    let began = Instant::now();
    while !demo.text().contains("flooded\u{a0}") && began.elapsed() < Duration::from_secs(2) {
        demo.read();
    }
    let began = Instant::now();
    demo.press(F12);
    demo.press("n");
    while !demo.text().contains("There is nothing to run here.") {
        demo.read();
        assert!(began.elapsed() < Duration::from_secs(5), "{}", demo.text());
    }
    demo.press("\t\x03");
    demo.press(F12);
    demo.has("host#");
    demo.press("\x1b[A");
    demo.has("3 lines back");
    demo.leave();
}

/// While it waits, types, runs; and after each step.
#[test]
fn one_can_leave_at_every_moment() {
    for presses in 0..2 * STEPS {
        let mut demo = Demo::start(SIZES[0], &[SHORT]);
        demo.has("step 1 of 5");
        for _ in 0..presses {
            demo.press(" ");
            let began = Instant::now();
            while began.elapsed() < QUIET {
                demo.read();
            }
        }
        demo.leave();
    }
}

#[test]
fn it_goes_by_itself_and_twice() {
    for arguments in [&[SHORT, "--auto"][..], &[SHORT, "--auto", "--fast"]] {
        let mut demo = Demo::start(SIZES[0], arguments);
        assert_eq!(demo.end(), 0, "{}", demo.text());
        demo.leaves_nothing();
    }
}

#[test]
fn what_is_not_as_announced_is_said() {
    let mut demo = Demo::start(SIZES[0], &[WRONG]);
    demo.has("space: run it");
    demo.press(" ");
    demo.has("✗ ^what was announced$ was expected");
    demo.press("q");
    assert_eq!(demo.end(), 1);
    demo.leaves_nothing();
    let stays = demo.text();
    assert!(stays.contains("step 1, Wrong, was not as announced: ^what"), "{stays}");
    assert!(stays.contains("something else"), "{stays}");
}

#[test]
fn it_is_there_in_a_second() {
    let mut demo = Demo::start(SIZES[1], &[SHORT]);
    while !demo.text().contains("space: go on") {
        demo.read();
        assert!(demo.began.elapsed() < PATIENCE, "{}", demo.text());
    }
    let took = demo.began.elapsed();
    eprintln!("the first screen: {took:?}");
    assert!(took < Duration::from_secs(3), "{took:?}"); // a machine that is shared has a bad moment now and then
    demo.leave();
}

#[test]
fn without_a_name_there_is_a_menu() {
    let mut demo = Demo::start(SIZES[0], &[]);
    demo.has("Which demo?");
    demo.press("\r");
    demo.has("step 1 of");
    demo.leave();
    let mut demo = Demo::start(SIZES[0], &[]);
    demo.has("Which demo?");
    demo.leave();
}
