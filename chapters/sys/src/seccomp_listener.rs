//! The listener of a seccomp filter: who holds it is told of calls, and answers in the kernel's place, seccomp_unotify(2).

use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};

use nix::{
    errno::Errno,
    poll::{PollFd, PollFlags, PollTimeout},
    unistd::Pid,
};

use crate::{
    Result,
    call::{Outcome, call},
};

/// A call that waits for its answer.
#[derive(Clone, Copy, Debug)]
pub struct Notification {
    id: u64,
    /// Who made it, as we see him.
    pub pid: Pid,
    /// Its number.
    pub number: i32,
}

/// `seccomp(SECCOMP_SET_MODE_FILTER)` with a listener for the calls that `program` answers `SECCOMP_RET_USER_NOTIF` to.
/// A process has one at most. It is close-on-exec.
#[track_caller]
#[allow(unsafe_code)]
pub fn seccomp_set_mode_filter_with_listener(program: &[libc::sock_filter]) -> Result<OwnedFd> {
    let flag = "SECCOMP_FILTER_FLAG_NEW_LISTENER";
    let line = format!("seccomp(SECCOMP_SET_MODE_FILTER, {flag}, {{{} instructions}})", program.len());
    call("seccomp_unotify(2)", line, || {
        let len = u16::try_from(program.len()).map_err(|_| Errno::E2BIG)?;
        let program = libc::sock_fprog { len, filter: program.as_ptr().cast_mut() };
        let (mode, flags) = (libc::SECCOMP_SET_MODE_FILTER, libc::SECCOMP_FILTER_FLAG_NEW_LISTENER);
        // SAFETY: the kernel copies the `len` instructions before the call returns, and writes to none of them.
        let answer = unsafe { libc::syscall(libc::SYS_seccomp, mode, flags, &raw const program) };
        let descriptor = i32::try_from(Errno::result(answer)?).map_err(|_| Errno::EBADF)?;
        // SAFETY: the kernel has just opened this descriptor for us, and nobody else knows of it.
        Ok(unsafe { OwnedFd::from_raw_fd(descriptor) })
    })
}

/// `ioctl(SECCOMP_IOCTL_NOTIF_RECV)`: the next call, once there is one; `None` when nobody is left who could make one.
#[track_caller]
#[allow(unsafe_code)]
pub fn seccomp_next_notification(listener: &OwnedFd) -> Result<Option<Notification>> {
    call("seccomp_unotify(2)", format!("ioctl({}, SECCOMP_IOCTL_NOTIF_RECV)", listener.as_raw_fd()), || {
        loop {
            let mut ask = [PollFd::new(listener.as_fd(), PollFlags::POLLIN)];
            match nix::poll::poll(&mut ask, PollTimeout::NONE) {
                Err(Errno::EINTR) => continue,
                other => other?,
            };
            if !ask[0].revents().is_some_and(|told| told.contains(PollFlags::POLLIN)) {
                return Ok(None); // POLLHUP alone
            }
            let data = libc::seccomp_data { nr: 0, arch: 0, instruction_pointer: 0, args: [0; 6] };
            let mut told = libc::seccomp_notif { id: 0, pid: 0, flags: 0, data };
            // SAFETY: the kernel wants a zeroed seccomp_notif and writes one; `told` is one and outlives the call.
            let answer =
                unsafe { libc::ioctl(listener.as_raw_fd(), libc::SECCOMP_IOCTL_NOTIF_RECV, &raw mut told) };
            match Errno::result(answer) {
                Ok(_) => {
                    let pid = Pid::from_raw(i32::try_from(told.pid).unwrap_or_default());
                    return Ok(Some(Notification { id: told.id, pid, number: told.data.nr }));
                }
                Err(Errno::ENOENT | Errno::EINTR) => {} // it was killed while it waited
                Err(errno) => return Err(errno),
            }
        }
    })
}

/// `ioctl(SECCOMP_IOCTL_NOTIF_SEND)`: the call fails with `errno`, and whoever made it goes on.
#[track_caller]
#[allow(unsafe_code)]
pub fn seccomp_refuse(listener: &OwnedFd, notification: Notification, errno: i32) -> Result<()> {
    let line = format!("ioctl({}, SECCOMP_IOCTL_NOTIF_SEND, -{errno})", listener.as_raw_fd());
    call("seccomp_unotify(2)", line, || {
        let answer = libc::seccomp_notif_resp { id: notification.id, val: 0, error: -errno, flags: 0 };
        // SAFETY: the kernel reads one seccomp_notif_resp; `answer` is one and outlives the call.
        let sent =
            unsafe { libc::ioctl(listener.as_raw_fd(), libc::SECCOMP_IOCTL_NOTIF_SEND, &raw const answer) };
        match Errno::result(sent) {
            Err(Errno::ENOENT) => Ok(()), // it was killed while it waited
            other => other.map(drop),
        }
    })
}

impl Outcome for Option<Notification> {
    fn shown(&self) -> String {
        match self {
            Some(Notification { pid, number, .. }) => format!("call {number} of {pid}"),
            None => "nobody is left".into(),
        }
    }
}
