//! Open file descriptors.

use nix::errno::Errno;

use crate::{Result, call::call};

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
