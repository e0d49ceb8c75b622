//! A demo on the screen of a real terminal, from the first step to the last, by itself.

use std::{
    io::Read,
    process::Stdio,
    time::{Duration, Instant},
};

use libtest_mimic::Failed;
use live::scenario;
use sys::Size;

use crate::demo_in;

/// What people have. A demo begins in one of them, and its terminal becomes another one while it runs.
const SIZES: [Size; 3] =
    [Size { rows: 24, columns: 80 }, Size { rows: 40, columns: 120 }, Size { rows: 60, columns: 200 }];

/// When the size changes: the first commands have run.
const MOMENT: Duration = Duration::from_millis(700);

/// The lab and busy machines are slow.
const PATIENCE: Duration = Duration::from_secs(120);

/// `--auto --fast`, in a size that depends on its place in the list.
pub fn plays(name: &str) -> Result<(), Failed> {
    let place = scenario::names().position(|known| known == name).unwrap_or_default();
    let (before, after) = (SIZES[place % 3], SIZES[(place + 1) % 3]);
    let (terminal, path) = sys::new_terminal()?;
    sys::set_window_size(&terminal, before)?;
    let theirs = fs_err::OpenOptions::new().read(true).write(true).open(path)?;
    let end = || theirs.file().try_clone().map(Stdio::from);
    let mut command = demo_in(&["--ctty"], &[name, "--auto", "--fast"]);
    command.env("TERM", "xterm-256color").stdin(end()?).stdout(end()?).stderr(end()?);
    let mut child = command.spawn()?;
    let mut screen = vt100::Parser::new(before.rows, before.columns, 0);
    let (mut ours, began, mut buffer) = (std::fs::File::from(terminal), Instant::now(), vec![0; 1 << 16]);
    let status = loop {
        let status = child.try_wait()?;
        while let Ok(count @ 1..) = ours.read(&mut buffer) {
            screen.process(&buffer[..count]);
        }
        if let Some(status) = status {
            break status;
        }
        if began.elapsed() > MOMENT && screen.screen().size().0 == before.rows {
            sys::set_window_size(&ours, after)?;
            screen.screen_mut().set_size(after.rows, after.columns);
        }
        if began.elapsed() > PATIENCE {
            child.kill()?;
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    // The demo has given the screen back, and says there what was wrong.
    if status.success() {
        Ok(())
    } else {
        Err(format!("{status}, from {before:?}:\n{}", screen.screen().contents()).into())
    }
}
