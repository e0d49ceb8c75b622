//! Terminals: who may read from one, how it treats what is typed, how large it is.

use std::{
    os::fd::{AsFd, AsRawFd, OwnedFd},
    path::PathBuf,
};

use nix::{
    errno::Errno,
    fcntl::OFlag,
    sys::{
        signal::{SigSet, SigmaskHow, Signal},
        termios::{SetArg, Termios, cfmakeraw, tcgetattr, tcsetattr},
    },
    unistd::Pid,
};
use serde::{Deserialize, Serialize};

use crate::{
    Result,
    call::{Outcome, call},
};

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

/// Characters as they come, and none that means something: `tcgetattr(3)`, `cfmakeraw(3)`, `tcsetattr(3)`. The
/// answer is how it was before.
#[track_caller]
pub fn set_raw(descriptor: impl AsFd) -> Result<Termios> {
    call("termios(3)", "tcsetattr(TCSANOW, cfmakeraw)".into(), || {
        let before = tcgetattr(&descriptor)?;
        let mut raw = before.clone();
        cfmakeraw(&mut raw);
        tcsetattr(&descriptor, SetArg::TCSANOW, &raw)?;
        Ok(before)
    })
}

/// `tcsetattr(3)`: the terminal as it was.
#[track_caller]
pub fn set_attributes(descriptor: impl AsFd, attributes: &Termios) -> Result<()> {
    call("termios(3)", "tcsetattr(TCSANOW)".into(), || tcsetattr(&descriptor, SetArg::TCSANOW, attributes))
}

/// `tcdrain(3)`: wait until all that was written has gone out.
#[track_caller]
pub fn drain(descriptor: impl AsFd) -> Result<()> {
    call("termios(3)", "tcdrain()".into(), || nix::sys::termios::tcdrain(&descriptor))
}

impl Outcome for Termios {
    fn shown(&self) -> String {
        "0".into()
    }
}

/// How large a terminal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Size {
    /// Lines.
    pub rows: u16,
    /// Characters in a line.
    pub columns: u16,
}

impl Outcome for Size {
    fn shown(&self) -> String {
        format!("{} rows, {} columns", self.rows, self.columns)
    }
}

/// `ioctl(TIOCGWINSZ)`: how large the terminal is.
#[track_caller]
#[allow(unsafe_code)]
pub fn window_size(descriptor: impl AsFd) -> Result<Size> {
    call("ioctl_tty(2)", "ioctl(TIOCGWINSZ)".into(), || {
        let mut size = libc::winsize { ws_row: 0, ws_col: 0, ws_xpixel: 0, ws_ypixel: 0 };
        // SAFETY: TIOCGWINSZ writes one winsize, and `size` is one that outlives the call.
        let answer = unsafe { libc::ioctl(descriptor.as_fd().as_raw_fd(), libc::TIOCGWINSZ, &raw mut size) };
        Errno::result(answer)?;
        Ok(Size { rows: size.ws_row, columns: size.ws_col })
    })
}

/// `ioctl(TIOCSWINSZ)`: how large the terminal is from now on. Who is in its foreground gets SIGWINCH.
#[track_caller]
#[allow(unsafe_code)]
pub fn set_window_size(descriptor: impl AsFd, size: Size) -> Result<()> {
    call("ioctl_tty(2)", format!("ioctl(TIOCSWINSZ, {})", size.shown()), || {
        let size = libc::winsize { ws_row: size.rows, ws_col: size.columns, ws_xpixel: 0, ws_ypixel: 0 };
        // SAFETY: TIOCSWINSZ reads one winsize, and `size` is one that outlives the call.
        let answer =
            unsafe { libc::ioctl(descriptor.as_fd().as_raw_fd(), libc::TIOCSWINSZ, &raw const size) };
        Errno::result(answer).map(drop)
    })
}

/// A new terminal, pty(7): our end, and the path of the other one. Our end never blocks.
#[track_caller]
pub fn new_terminal() -> Result<(OwnedFd, PathBuf)> {
    call("pty(7)", "posix_openpt(O_RDWR|O_NOCTTY)".into(), || {
        let flags = OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_CLOEXEC | OFlag::O_NONBLOCK;
        let ours = nix::pty::posix_openpt(flags)?;
        nix::pty::grantpt(&ours)?;
        nix::pty::unlockpt(&ours)?;
        let path = nix::pty::ptsname_r(&ours)?;
        let ours = ours.as_fd().try_clone_to_owned().map_err(|_| Errno::EMFILE)?;
        Ok((ours, path.into()))
    })
}

impl Outcome for (OwnedFd, PathBuf) {
    fn shown(&self) -> String {
        format!("{}, {:?}", self.0.as_raw_fd(), self.1)
    }
}
