//! Giving the terminal back to whoever called us.

use std::{io::IsTerminal, os::fd::AsFd};

use sys::Pid;

/// The trick is called *foreground group*: a shell inside a PID namespace puts itself in the
/// foreground of the terminal and, when it ends, cannot put our group back, because from inside our
/// group has no number (it reads as 0). So the runtime remembers and restores it.
pub(crate) struct Foreground(Option<Pid>);

impl Foreground {
    /// Remember our group, if it is the one in the foreground of the terminal on standard input.
    pub(crate) fn remember() -> Foreground {
        let ours = nix::unistd::getpgrp();
        let stdin = std::io::stdin();
        let in_front = stdin.is_terminal() && foreground_group(&stdin).is_ok_and(|group| group == ours);
        Foreground(in_front.then_some(ours))
    }

    /// Put our group back in the foreground, if something else is there now.
    pub(crate) fn restore(self) {
        let stdin = std::io::stdin();
        if let Some(ours) = self.0
            && foreground_group(&stdin).is_ok_and(|group| group != ours)
        {
            // It fails only when the terminal is gone, and then there is nothing to give back.
            sys::set_foreground_group(&stdin, ours).ok();
        }
    }
}

/// Who is in the foreground. Only a question, of no chapter: `--explain` does not show it, or every run on a terminal would
/// begin and end with it.
fn foreground_group(terminal: impl AsFd) -> nix::Result<Pid> {
    nix::unistd::tcgetpgrp(terminal)
}
