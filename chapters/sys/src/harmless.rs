//! Calls that a seccomp filter may refuse, with arguments that make each of them fail or do nothing where it does not.

use libc::{c_long, c_ulong};
use nix::errno::Errno;

use crate::refused::TIOCSTI;

/// A number that is no descriptor, no namespace and no clock.
const NOTHING: c_ulong = c_ulong::MAX;
/// A size or a flag that is not valid anywhere here.
const WRONG: c_ulong = 1;

/// Each call by its name: its number, and four arguments. The errors beside them are those of a kernel without filter.
const CALLS: [(&str, c_long, [c_ulong; 4]); 24] = [
    ("add_key", libc::SYS_add_key, [0, 0, 0, 0]), // EFAULT
    ("bpf", libc::SYS_bpf, [NOTHING, 0, 0, 0]),   // EINVAL or EPERM
    ("clock_settime", libc::SYS_clock_settime, [NOTHING, 0, 0, 0]), // EINVAL
    ("clone(CLONE_NEWUSER)", libc::SYS_clone, [NEW_USER_WITH_SHARED_FS, 0, 0, 0]), // EINVAL
    ("clone3", libc::SYS_clone3, [0, WRONG, 0, 0]), // EINVAL
    ("finit_module", libc::SYS_finit_module, [NOTHING, 0, 0, 0]), // EPERM or EBADF
    ("fsopen", libc::SYS_fsopen, [0, WRONG << 8, 0, 0]), // EPERM or EINVAL
    ("getpid", libc::SYS_getpid, [0, 0, 0, 0]),   // does nothing
    ("io_uring_setup", libc::SYS_io_uring_setup, [0, 0, 0, 0]), // EFAULT
    ("ioctl(TIOCSTI)", libc::SYS_ioctl, [NOTHING, TIOCSTI, 0, 0]), // EBADF
    ("ioctl(TIOCSTI + 1 << 32)", libc::SYS_ioctl, [NOTHING, TIOCSTI | 1 << 32, 0, 0]), // EBADF
    ("kexec_load", libc::SYS_kexec_load, [0, 0, 0, NOTHING]), // EPERM or EINVAL
    ("keyctl", libc::SYS_keyctl, [NOTHING, 0, 0, 0]), // EOPNOTSUPP
    ("mount", libc::SYS_mount, [0, 0, 0, 0]),     // EFAULT
    ("move_mount", libc::SYS_move_mount, [NOTHING, 0, NOTHING, 0]), // EPERM or EFAULT
    ("open_by_handle_at", libc::SYS_open_by_handle_at, [NOTHING, 0, 0, 0]), // EPERM or EFAULT
    ("perf_event_open", libc::SYS_perf_event_open, [0, 0, 0, NOTHING]), // EFAULT
    ("personality(query)", libc::SYS_personality, [0xffff_ffff, 0, 0, 0]), // does nothing
    ("ptrace", libc::SYS_ptrace, [libc::PTRACE_CONT as c_ulong, 0, 0, 0]), // ESRCH
    ("request_key", libc::SYS_request_key, [0, 0, 0, 0]), // EFAULT
    ("setns", libc::SYS_setns, [NOTHING, 0, 0, 0]), // EBADF
    ("umount2", libc::SYS_umount2, [0, 0x8000_0000, 0, 0]), // EINVAL
    ("unshare", libc::SYS_unshare, [WRONG, 0, 0, 0]), // EINVAL
    ("userfaultfd", libc::SYS_userfaultfd, [NOTHING, 0, 0, 0]), // EINVAL or EPERM
];

/// Two flags that exclude each other, clone(2).
const NEW_USER_WITH_SHARED_FS: c_ulong = (libc::CLONE_NEWUSER | libc::CLONE_FS) as c_ulong;

/// Make each call. `None` says that it succeeded.
#[allow(unsafe_code)]
pub fn harmless_calls() -> Vec<(&'static str, Option<Errno>)> {
    let made = CALLS.map(|(name, number, [a, b, c, d])| {
        // SAFETY: every pointer among the arguments is null, or is not looked at because the call fails for another
        // argument before. So no memory of ours is read or written.
        let answer = unsafe { libc::syscall(number, a, b, c, d, 0, 0) };
        (name, Errno::result(answer).err())
    });
    made.to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_fail_or_do_nothing() {
        let done: Vec<_> = harmless_calls().into_iter().filter(|(_, errno)| errno.is_none()).collect();
        assert_eq!(done, [("getpid", None), ("personality(query)", None)]);
    }
}
