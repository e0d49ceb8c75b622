//! Sessions: which processes a signal or a terminal means together.

use nix::unistd::Pid;

use crate::{Result, call::call};

/// `setsid(2)`: a session and a process group of one's own, without a controlling terminal. No PID
/// namespace stops `kill(0)`, which goes to the whole group.
#[track_caller]
pub fn setsid() -> Result<Pid> {
    call("setsid(2)", "setsid()".into(), nix::unistd::setsid)
}
