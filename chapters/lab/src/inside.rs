//! Inside: PID 1 of the machine.
//!
//! | step | file |
//! |---|---|
//! | set the line, and hear the job | here |
//! | make a root of the job's folders and of the host's /usr | `inside/root.rs` |
//! | load modules, bring the loopback interface up | `inside/modules.rs` |
//! | start the command, on a terminal of its own or on pipes | `inside/command.rs` |
//! | pass on what it reads and writes, bury who dies, until it ends | `inside/serve.rs` |

mod command;
mod modules;
mod root;
mod serve;

use std::{fs::File, io::Read, process::ExitCode};

use sys::{Errno, Error, Pid, Result, Signal};

use crate::frame::{Frame, Frames, Job};

/// The serial line.
const LINE: &str = "/dev/ttyS0";

/// Where our end of the line is inside, before there is a `/dev`.
const DEV: &str = "/dev";

/// Run the command, tell how it ended, and end the machine.
pub fn main() -> ExitCode {
    match open_line() {
        Ok(mut line) => {
            let last = match work(&mut line) {
                Ok(code) => Frame::Exit(code),
                Err(error) => Frame::Failed(error),
            };
            nix::unistd::sync(); // what was written to shared folders
            // Nobody can be told that the line is broken; the outer side sees that the machine ends.
            line.say(&last).and_then(|()| sys::drain(&line.file)).ok();
        }
        Err(error) => cli::complain("lab", &error), // the machine's log has it
    }
    match sys::power_off() {
        Ok(never) => match never {},
        Err(_) => ExitCode::FAILURE, // the kernel stops when PID 1 ends
    }
}

/// `/dev` of the root that the kernel started with, and the line in it.
fn open_line() -> Result<Line> {
    match sys::mount(Some("dev"), DEV, Some("devtmpfs"), sys::MsFlags::MS_NOSUID, None) {
        Err(error) if error.errno() == Some(Errno::EBUSY) => {} // the kernel has mounted it
        mounted => mounted?,
    }
    let file = fs_err::OpenOptions::new().read(true).write(true).open(LINE)?;
    sys::set_raw(&file)?;
    Ok(Line { file: file.into(), frames: Frames::default(), unheard: 0 })
}

fn work(line: &mut Line) -> Result<u8> {
    line.say(&Frame::Ready)?;
    let job = hear_job(line)?;
    root::make(&job)?;
    modules::load()?;
    modules::bring_loopback_up()?;
    let mut running = command::start(&job)?;
    let code = serve::until_exit(line, &mut running)?;
    end_all();
    serve::rest(line, &mut running)?;
    Ok(code)
}

/// The job comes in pieces, the last of which is empty.
fn hear_job(line: &mut Line) -> Result<Job> {
    let mut job = Vec::new();
    loop {
        match line.hear()? {
            Frame::Job(piece) if piece.is_empty() => return Job::from_bytes(&job),
            Frame::Job(piece) => job.extend(piece),
            _ => return Err(Error::new("the line: no job came")),
        }
        line.say(&Frame::Want)?;
    }
}

/// End every process but this one, so that nobody keeps a pipe or a shared file open.
fn end_all() {
    sys::kill(Pid::from_raw(-1), Signal::SIGKILL).ok(); // ESRCH: there is nobody
    while sys::waitpid(Pid::from_raw(-1), sys::WaitPidFlag::empty()).is_ok() {}
}

/// The serial line, inside.
pub struct Line {
    file: File,
    frames: Frames,
    /// How many frames of output are on the way.
    unheard: usize,
}

impl Line {
    /// Say one thing, and wait until it is on its way.
    pub fn say(&mut self, frame: &Frame) -> Result<()> {
        use std::io::Write;
        Ok(self.file.write_all(&frame.encode())?)
    }

    /// Wait for the next frame.
    pub fn hear(&mut self) -> Result<Frame> {
        loop {
            if let Some(frame) = self.frames.next()? {
                return Ok(frame);
            }
            self.take_in()?;
        }
    }

    /// The next frame, if it has come whole.
    pub fn next(&mut self) -> Result<Option<Frame>> {
        self.frames.next()
    }

    /// Read what has come.
    pub fn take_in(&mut self) -> Result<()> {
        let mut buffer = [0; 4096];
        match self.file.read(&mut buffer)? {
            0 => Err(Error::new("the line was hung up")),
            length => {
                self.frames.add(&buffer[..length]);
                Ok(())
            }
        }
    }
}
