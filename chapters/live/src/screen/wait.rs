//! Waiting for keys and for both shells at once, poll(2).

use std::{
    os::fd::{AsFd, BorrowedFd},
    time::Duration,
};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::player::Player;

/// What there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct News {
    /// Somebody has pressed something.
    pub keys: bool,
    /// The terminal is gone, and nobody sees us any more.
    pub gone: bool,
}

/// Until there is something to read, or for as long as this.
pub fn wait(player: &Player, keyboard: Option<BorrowedFd>, most: Duration) -> News {
    let wanted = |descriptor| PollFd::new(descriptor, PollFlags::POLLIN);
    let living = player.panes().into_iter().flatten().filter(|pane| !pane.has_ended());
    let mut all: Vec<PollFd> = keyboard.into_iter().map(wanted).collect();
    all.extend(living.map(|pane| wanted(pane.terminal().as_fd())));
    let timeout = PollTimeout::try_from(most).unwrap_or(PollTimeout::ZERO);
    // A signal ends the waiting, and there is nothing to read then.
    let found = poll(&mut all, timeout).is_ok_and(|found| found > 0);
    let first = all.first().filter(|_| found && keyboard.is_some());
    let happened = first.and_then(PollFd::revents).unwrap_or(PollFlags::empty());
    News {
        keys: happened.contains(PollFlags::POLLIN),
        gone: happened.intersects(PollFlags::POLLHUP | PollFlags::POLLERR | PollFlags::POLLNVAL),
    }
}
