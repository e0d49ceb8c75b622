//! Stage 4: a command with mounts and a `/proc` of its own.

use std::{convert::Infallible, ffi::OsString, path::PathBuf, process::ExitCode};

use sys::{Result, WaitStatus};

use crate::{
    environment, extend, hostname, mounts, pid_namespace, process,
    protocol::{Channel, Message},
    rootless, signals,
};

/// The flags of `run`.
#[derive(clap::Args)]
pub struct Run {
    /// Hostname of the container
    #[arg(long, value_name = "NAME", default_value = "minicontainer")]
    hostname: String,

    /// Domain name of the container
    #[arg(long, value_name = "NAME")]
    domainname: Option<String>,

    /// How many files may be open: nofile=NUMBER
    #[arg(long, value_name = "NAME=NUMBER")]
    ulimit: Vec<String>,

    /// Write the PID of the command, as seen from outside, to this file
    #[arg(long, value_name = "FILE")]
    pid_file: Option<PathBuf>,

    /// Mount an empty file system in memory there
    #[arg(long, value_name = "DIR")]
    tmpfs: Vec<PathBuf>,

    #[command(flatten)]
    process: cli::Process,
}

/// The program of this stage: parse `arguments`, run, and answer with the exit code.
pub fn main(arguments: Vec<OsString>) -> ExitCode {
    cli::stage("exercises", arguments, parent)
}

/// The parent: the runtime, outside.
pub fn parent(run: &Run) -> Result<WaitStatus> {
    rootless::borrow_root()?; // behind the scenes, until chapter 10
    let namespaces = [
        // what the child is born into
    ];
    let mut container = process::clone(&namespaces, |parent| child(run, parent))?;
    let signals = signals::keep()?; // after clone, or the child would block them too
    container.channel.tell(&Message::Proceed)?; // all that only we can do is done
    container.channel.expect_end()?; // execve closed the child's end: the command runs
    let status = signals::forward_until_exit(&signals, container)?;
    Ok(status)
}

/// The child: it makes its surroundings, then becomes the command. The order is the lesson.
fn child(run: &Run, parent: &mut Channel) -> Result<Infallible> {
    parent.expect(&Message::Proceed)?;
    process::change_directory(&run.process.workdir)?;
    let environment = environment::clean(&run.process.env); // or it inherits the caller's secrets
    process::exec(&run.process.command(), &environment)
}
