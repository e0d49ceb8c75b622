//! The command of the job: started on a terminal of its own, or on pipes.

use std::{
    convert::Infallible,
    ffi::CString,
    os::{
        fd::{AsFd, OwnedFd},
        unix::ffi::OsStrExt,
    },
    path::PathBuf,
};

use ch01::process;
use sys::{Error, ForkResult, Pid, Result};

use crate::frame::Job;

/// A command that runs, and our ends of what it reads and writes.
pub struct Running {
    /// Its process, which is a session as well.
    pub pid: Pid,
    /// What it reads. `None` once there is no more.
    pub input: Option<OwnedFd>,
    /// What it writes. `None` once it was read to the end.
    pub output: Option<OwnedFd>,
    /// Its standard error, where that is not the terminal.
    pub errors: Option<OwnedFd>,
    /// Whether input and output are a terminal.
    pub terminal: bool,
}

/// The ends of its side.
enum Ends {
    /// A terminal, by its path, and a pipe for errors, unless they go there as well.
    Terminal(PathBuf, Option<OwnedFd>),
    /// Input, output, errors.
    Pipes([OwnedFd; 3]),
}

/// Start it.
pub fn start(job: &Job) -> Result<Running> {
    let (errors, errors_end) = sys::pipe()?;
    let (input, output, ends) = if let Some(size) = job.terminal {
        let (terminal, path) = sys::new_terminal()?;
        sys::set_window_size(&terminal, size)?;
        let errors_end = (!job.errors_on_terminal).then_some(errors_end);
        (terminal.try_clone()?, terminal, Ends::Terminal(path, errors_end))
    } else {
        let (input_end, input) = sys::pipe()?;
        let (output, output_end) = sys::pipe()?;
        sys::never_block(&input)?;
        (input, output, Ends::Pipes([input_end, output_end, errors_end]))
    };
    match sys::fork()? {
        ForkResult::Parent { child: pid } => Ok(Running {
            pid,
            input: Some(input),
            output: Some(output),
            errors: Some(errors),
            terminal: job.terminal.is_some(),
        }),
        ForkResult::Child => {
            let Err(error) = become_it(job, &ends);
            cli::complain("lab", &error);
            sys::exit_now(error.exit_code())
        }
    }
}

/// A session of its own; its terminal or its pipes; then the command.
fn become_it(job: &Job, ends: &Ends) -> Result<Infallible> {
    sys::setsid()?;
    match ends {
        Ends::Pipes([input, output, errors]) => sys::set_standard(input, output, errors)?,
        Ends::Terminal(path, errors) => {
            // The first session leader to open it has it as its controlling terminal, tty(4).
            let terminal = fs_err::OpenOptions::new().read(true).write(true).open(path)?;
            let errors = errors.as_ref().map_or(terminal.as_fd(), AsFd::as_fd);
            sys::set_standard(&terminal, &terminal, errors)?;
        }
    }
    sys::chdir(&job.workdir)?;
    sys::restore_defaults()?;
    sys::sigmask_empty()?;
    process::close_descriptors()?;
    let environment = job.environment.iter().map(|variable| CString::new(variable.as_bytes()));
    let environment: Vec<CString> =
        environment.collect::<Result<_, _>>().map_err(|error| Error::new(error.to_string()))?;
    process::exec(&job.command, &environment)
}
