//! Whom the tests look at.

use std::process::{Command, Stdio};

use crate::{
    asking::MINICONTAINER,
    sleeper::{Sleeper, sleeper},
};

/// A container with these flags.
pub fn container(flags: &[&str]) -> Sleeper {
    sleeper(|seconds| {
        let mut command = Command::new(MINICONTAINER);
        command.arg("run").args(flags).args(["--", "sleep", seconds]).stdin(Stdio::null());
        command
    })
}

/// A process with nothing of its own.
pub fn plain() -> Sleeper {
    sleeper(|seconds| {
        let mut command = Command::new("sleep");
        command.arg(seconds);
        command
    })
}
