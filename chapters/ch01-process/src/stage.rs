//! Stage 1: a command, started and watched.

use std::{convert::Infallible, ffi::OsString, process::ExitCode};

use sys::{Result, WaitStatus};

use crate::{
    environment, process,
    protocol::{Channel, Message},
    signals,
};

/// The flags of `run`.
#[derive(clap::Args)]
pub struct Run {
    #[command(flatten)]
    process: cli::Process,
}

/// The program of this stage: parse `arguments`, run, and answer with the exit code.
pub fn main(arguments: Vec<OsString>) -> ExitCode {
    cli::stage("ch01", arguments, parent)
}

// ANCHOR: stage
/// The parent: the runtime, outside.
pub fn parent(run: &Run) -> Result<WaitStatus> {
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
    process::die_with_parent()?; // first: from here on nobody can leave us behind
    parent.expect(&Message::Proceed)?;
    process::change_directory(&run.process.workdir)?;
    process::close_descriptors()?; // or the command inherits the caller's files
    signals::reset()?; // or it inherits what the caller ignores and blocks
    let environment = environment::clean(&run.process.env); // or it inherits the caller's secrets
    process::exec(&run.process.command(), &environment)
}
// ANCHOR_END: stage
