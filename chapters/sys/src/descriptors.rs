//! Open file descriptors.

use std::{
    fs::File,
    io::Write,
    os::fd::{AsFd, AsRawFd, OwnedFd},
};

use nix::{
    errno::Errno,
    fcntl::{FcntlArg, FdFlag, OFlag},
    sys::memfd::MFdFlags,
};

use crate::{
    Result,
    call::{Outcome, call},
};

/// `close_range(first, ~0, CLOSE_RANGE_CLOEXEC)`: close `first` and all above it, at the next execve.
#[track_caller]
pub fn close_range_cloexec(first: u32) -> Result<()> {
    call("close_range(2)", format!("close_range({first}, ~0, CLOSE_RANGE_CLOEXEC)"), || raw(first))
}

#[allow(unsafe_code)]
fn raw(first: u32) -> nix::Result<()> {
    // SAFETY: three integers go in. The descriptors stay open until execve, so no owner of one is
    // left with a number that means something else.
    let answer = unsafe { libc::syscall(libc::SYS_close_range, first, u32::MAX, libc::CLOSE_RANGE_CLOEXEC) };
    Errno::result(answer).map(drop)
}

/// `memfd_create(2)`: a file that only lives as long as somebody has it open, with `content` in it.
#[track_caller]
pub fn memfd(name: &str, content: &[u8]) -> Result<OwnedFd> {
    call("memfd_create(2)", format!("memfd_create({name:?}, MFD_CLOEXEC)"), || {
        let file = nix::sys::memfd::memfd_create(name, MFdFlags::MFD_CLOEXEC)?;
        let mut file = File::from(file);
        file.write_all(content).map_err(|error| crate::files::errno_of(&error))?;
        Ok(file.into())
    })
}

impl Outcome for OwnedFd {
    fn shown(&self) -> String {
        self.as_raw_fd().to_string()
    }
}

/// `fcntl(F_SETFD, 0)`: `descriptor` stays open at the next execve.
#[track_caller]
pub fn keep_at_exec(descriptor: impl AsFd) -> Result<()> {
    let number = descriptor.as_fd().as_raw_fd();
    call("fcntl(2)", format!("fcntl({number}, F_SETFD, 0)"), || {
        nix::fcntl::fcntl(&descriptor, FcntlArg::F_SETFD(FdFlag::empty())).map(drop)
    })
}

/// `fcntl(F_SETFL, O_NONBLOCK)`: a call on `descriptor` that would wait is EAGAIN instead.
#[track_caller]
pub fn never_block(descriptor: impl AsFd) -> Result<()> {
    let number = descriptor.as_fd().as_raw_fd();
    call("fcntl(2)", format!("fcntl({number}, F_SETFL, O_NONBLOCK)"), || {
        let flags = OFlag::from_bits_retain(nix::fcntl::fcntl(&descriptor, FcntlArg::F_GETFL)?);
        nix::fcntl::fcntl(&descriptor, FcntlArg::F_SETFL(flags | OFlag::O_NONBLOCK)).map(drop)
    })
}

/// `dup2(2)`, three times: what the next program has as standard input, output and error.
#[track_caller]
pub fn set_standard(input: impl AsFd, output: impl AsFd, error: impl AsFd) -> Result<()> {
    let number = |descriptor: &dyn AsFd| descriptor.as_fd().as_raw_fd();
    let line =
        format!("dup2({}, 0), dup2({}, 1), dup2({}, 2)", number(&input), number(&output), number(&error));
    call("dup2(2)", line, || {
        nix::unistd::dup2_stdin(&input)?;
        nix::unistd::dup2_stdout(&output)?;
        nix::unistd::dup2_stderr(&error)
    })
}

/// `pipe2(O_CLOEXEC)`: the end to read from, and the end to write to.
#[track_caller]
pub fn pipe() -> Result<(OwnedFd, OwnedFd)> {
    call("pipe(2)", "pipe2(O_CLOEXEC)".into(), || nix::unistd::pipe2(OFlag::O_CLOEXEC))
}
