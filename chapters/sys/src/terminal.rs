//! Who may read from the terminal.

use std::os::fd::AsFd;

use nix::{
    sys::signal::{SigSet, SigmaskHow, Signal},
    unistd::Pid,
};

use crate::{Result, call::call};

/// `tcgetpgrp(3)`: the process group in the foreground of the terminal `descriptor`.
#[track_caller]
pub fn foreground_group(descriptor: impl AsFd) -> Result<Pid> {
    call("tcgetpgrp(3)", "tcgetpgrp(0)".into(), || nix::unistd::tcgetpgrp(descriptor))
}

/// `tcsetpgrp(3)`, with SIGTTOU blocked: a process in the background would be stopped by it.
#[track_caller]
pub fn set_foreground_group(descriptor: impl AsFd, group: Pid) -> Result<()> {
    call("tcsetpgrp(3)", format!("tcsetpgrp(0, {group})"), || {
        let mut sigttou = SigSet::empty();
        sigttou.add(Signal::SIGTTOU);
        let mut before = SigSet::empty();
        nix::sys::signal::sigprocmask(SigmaskHow::SIG_BLOCK, Some(&sigttou), Some(&mut before))?;
        let result = nix::unistd::tcsetpgrp(descriptor, group);
        nix::sys::signal::sigprocmask(SigmaskHow::SIG_SETMASK, Some(&before), None)?;
        result
    })
}
