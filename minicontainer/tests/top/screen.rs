//! The whole screen, on a terminal of ours.

use std::{
    fs::{File, OpenOptions},
    io::{Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::PathBuf,
    process::{Child, Command, ExitStatus},
    time::{Duration, Instant},
};

use checks::harness;
use libtest_mimic::{Completion, Failed};
use nix::sys::termios::{LocalFlags, tcgetattr};
use sys::{Pid, Signal, Size};

use crate::running::{MINICONTAINER, no_groups, running};

type Answer = Result<Completion, Failed>;

/// `top` on a terminal.
struct Screen {
    top: Child,
    ours: File,
    path: PathBuf,
    parser: vt100::Parser,
    /// All that it wrote.
    raw: Vec<u8>,
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.top.kill().expect("what we have started can be ended");
        self.top.wait().expect("and is gone then");
    }
}

impl Screen {
    fn open(arguments: &[&str], (columns, rows): (u16, u16), no_color: bool) -> Result<Screen, Failed> {
        let (ours, path) = sys::new_terminal()?;
        sys::set_window_size(&ours, Size { rows, columns })?;
        let theirs = OpenOptions::new().read(true).write(true).open(&path)?;
        // In a session of its own, with this terminal: then it is told of a new size.
        let top = Command::new("setsid")
            .args(["--ctty", MINICONTAINER, "top"])
            .args(arguments)
            .env("NO_COLOR", if no_color { "1" } else { "" })
            .stdin(theirs.try_clone()?)
            .stdout(theirs.try_clone()?)
            .stderr(theirs)
            .spawn()?;
        Ok(Screen {
            top,
            ours: ours.into(),
            path,
            parser: vt100::Parser::new(rows, columns, 0),
            raw: Vec::new(),
        })
    }

    /// Read what there is; our end never blocks.
    fn take(&mut self) {
        let mut buffer = [0; 4096];
        while let Ok(count) = self.ours.read(&mut buffer)
            && count > 0
        {
            self.parser.process(&buffer[..count]);
            self.raw.extend_from_slice(&buffer[..count]);
        }
    }

    fn text(&self) -> String {
        self.parser.screen().contents()
    }

    /// Wait for a text.
    #[track_caller]
    fn expect(&mut self, text: &str) {
        let deadline = Instant::now() + Duration::from_secs(60);
        while !self.text().contains(text) {
            assert!(Instant::now() < deadline, "{text} does not come:\n{}", self.text());
            std::thread::sleep(Duration::from_millis(20));
            self.take();
        }
    }

    fn press(&mut self, keys: &str) -> Result<(), Failed> {
        Ok(self.ours.write_all(keys.as_bytes())?)
    }

    fn resize(&mut self, columns: u16, rows: u16) -> Result<(), Failed> {
        self.parser.screen_mut().set_size(rows, columns);
        Ok(sys::set_window_size(&self.ours, Size { rows, columns })?)
    }

    /// Whether the terminal shows what is typed, as it does when nobody has made it raw.
    fn is_cooked(&self) -> Result<bool, Failed> {
        let theirs =
            OpenOptions::new().read(true).write(true).custom_flags(nix::libc::O_NOCTTY).open(&self.path)?;
        Ok(tcgetattr(theirs)?.local_flags.contains(LocalFlags::ICANON | LocalFlags::ECHO))
    }

    /// It has ended, and left no trace on the terminal.
    fn end(&mut self) -> Result<ExitStatus, Failed> {
        let deadline = Instant::now() + Duration::from_secs(30);
        let status = loop {
            self.take();
            match self.top.try_wait()? {
                Some(status) => break status,
                None => assert!(Instant::now() < deadline, "it goes on:\n{}", self.text()),
            }
            std::thread::sleep(Duration::from_millis(20));
        };
        self.take();
        assert!(self.is_cooked()?);
        assert!(!self.parser.screen().alternate_screen() && !self.parser.screen().hide_cursor());
        Ok(status)
    }
}

pub fn sizes_and_keys() -> Answer {
    let it = running(&["run", "--hostname", "shown"], "");
    let init = it.init.to_string();
    let mut screen = Screen::open(&[&init, "--interval", "0.1"], (80, 24), false)?;
    screen.expect("shown");
    screen.expect("1 memory");
    assert!(!screen.is_cooked()?);
    assert!(String::from_utf8_lossy(&screen.raw).contains("38;5;"), "it has colours");
    screen.press("4")?;
    screen.expect("inside  user  inside");
    screen.press("\t")?;
    screen.expect("propagation");
    screen.resize(120, 40)?;
    screen.expect("memory ───");
    screen.expect("pids ───");
    screen.press("6")?;
    screen.expect("127.0.0.1");
    screen.resize(40, 10)?;
    screen.expect("own");
    screen.press("q")?;
    assert!(screen.end()?.success());
    Ok(Completion::Completed)
}

pub fn signal() -> Answer {
    let it = running(&["run", "--hostname", "shown"], "");
    let init = it.init.to_string();
    let mut screen = Screen::open(&[&init], (120, 40), true)?;
    screen.expect("shown");
    sys::kill(Pid::from_raw(screen.top.id().cast_signed()), Signal::SIGTERM)?;
    assert_eq!(screen.end()?.code(), Some(143));
    assert!(!String::from_utf8_lossy(&screen.raw).contains("38;5;"), "NO_COLOR is obeyed");
    Ok(Completion::Completed)
}

/// The window was closed.
pub fn hang_up() -> Answer {
    let it = running(&["run", "--hostname", "shown"], "");
    let init = it.init.to_string();
    let mut screen = Screen::open(&[&init], (80, 24), false)?;
    screen.expect("shown");
    screen.ours = File::open("/dev/null")?; // ours was the only one
    let deadline = Instant::now() + Duration::from_secs(30);
    while screen.top.try_wait()?.is_none() {
        assert!(Instant::now() < deadline, "it goes on without a terminal");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(screen.top.wait()?.code(), Some(129));
    Ok(Completion::Completed)
}

/// The last value and the kill are still to be seen when the container, and its group, are gone.
pub fn oom_killer() -> Answer {
    if let Some(reason) = no_groups() {
        return harness::could_not_run(reason);
    }
    // A mebibyte at a time: on a busy machine nobody would see what doubles.
    let grow = "x=a; while [ ${#x} -lt 1000000 ]; do x=$x$x; done; while :; do y=$y$x; sleep 0.05; done";
    let mut runtime = Command::new(MINICONTAINER)
        .args(["run", "--memory", "32m", "--hostname", "grows", "--", "sh", "-c"])
        .arg(format!("read go; {grow}"))
        .stdin(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()?;
    let pid = runtime.id().to_string();
    let deadline = Instant::now() + Duration::from_secs(60);
    while live::containers::with(runtime.id().cast_signed()).is_none_or(|it| !it.command.starts_with("sh -c"))
    {
        assert!(Instant::now() < deadline, "it does not start");
        std::thread::sleep(Duration::from_millis(5));
    }
    let mut screen = Screen::open(&[&pid, "--interval", "0.1"], (80, 24), false)?;
    screen.expect("of 32.0 MiB");
    screen.expect("killed by the OOM killer: 0");
    runtime.stdin.take().ok_or("a pipe")?.write_all(b"go\n")?;
    screen.expect("killed by the OOM killer: 1");
    screen.expect("ended");
    screen.press("q")?;
    assert!(screen.end()?.success());
    assert_eq!(runtime.wait()?.code(), Some(137));
    Ok(Completion::Completed)
}
