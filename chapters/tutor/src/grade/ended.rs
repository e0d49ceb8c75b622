//! How a command in a cell ended, and what it said.

use std::{
    io::Read,
    process::Child,
    thread::JoinHandle,
    time::{Duration, Instant},
};

use sys::Result;

use super::cell::{BROKEN, KILLED};

/// More of an output than this is thrown away: a student's program must not fill the grader's memory.
const MOST: u64 = 4 << 20;

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// With this exit code.
    Code(u8),
    /// By a signal.
    Killed,
    /// Not in time.
    Late,
    /// It never began: the cell could not be built here.
    Broken,
}

/// A command that has ended.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) how: How,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

impl Ended {
    /// Wait until `gatekeeper` ends; after `deadline`, end it and everything in its cell.
    pub(super) fn of(mut gatekeeper: Child, deadline: Instant) -> Result<Ended> {
        let (stdout, stderr) = (read(gatekeeper.stdout.take()), read(gatekeeper.stderr.take()));
        let how = wait(&mut gatekeeper, deadline)?;
        let [stdout, stderr] = [stdout, stderr].map(|reader| reader.join().unwrap_or_default());
        Ok(Ended { how, stdout, stderr })
    }
}

fn wait(gatekeeper: &mut Child, deadline: Instant) -> Result<How> {
    while Instant::now() < deadline {
        if let Some(status) = gatekeeper.try_wait()? {
            let code = status.code().and_then(|code| u8::try_from(code).ok());
            return Ok(match code {
                Some(BROKEN) | None => How::Broken,
                Some(KILLED) => How::Killed,
                Some(code) => How::Code(code),
            });
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    gatekeeper.kill()?; // PID 1 of the cell dies with it, and the kernel ends the rest
    gatekeeper.wait()?;
    Ok(How::Late)
}

/// Read a pipe to its end beside everything else.
pub(super) fn read(pipe: Option<impl Read + Send + 'static>) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            // What was read before an error is still worth showing; what is too much is only taken away.
            pipe.by_ref().take(MOST).read_to_end(&mut bytes).ok();
            std::io::copy(&mut pipe, &mut std::io::sink()).ok();
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}
