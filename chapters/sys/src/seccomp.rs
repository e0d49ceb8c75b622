//! seccomp(2): the filter that decides over each system call of a process.

use nix::errno::Errno;

use crate::{Result, call::call};

/// `seccomp(SECCOMP_GET_ACTION_AVAIL)`: whether this kernel knows the action `value`, whose name is
/// `name`. EOPNOTSUPP says no.
#[track_caller]
#[allow(unsafe_code)]
pub fn seccomp_get_action_avail(name: &str, value: u32) -> Result<()> {
    call("seccomp(2)", format!("seccomp(SECCOMP_GET_ACTION_AVAIL, 0, {name})"), || {
        // SAFETY: the kernel reads one u32 and keeps nothing of it; `value` outlives the call.
        let answer =
            unsafe { libc::syscall(libc::SYS_seccomp, libc::SECCOMP_GET_ACTION_AVAIL, 0, &raw const value) };
        Errno::result(answer).map(drop)
    })
}

/// `seccomp(SECCOMP_SET_MODE_FILTER)` with the shortest of all filters, which allows every call. It
/// takes `no_new_privs` or `CAP_SYS_ADMIN`, as every filter does.
#[track_caller]
#[allow(unsafe_code)]
pub fn seccomp_allow_all() -> Result<()> {
    let line = "seccomp(SECCOMP_SET_MODE_FILTER, 0, {RET ALLOW})";
    call("seccomp(2)", line.into(), || {
        let code = u16::try_from(libc::BPF_RET | libc::BPF_K).unwrap_or_default();
        let mut filter = [libc::sock_filter { code, jt: 0, jf: 0, k: libc::SECCOMP_RET_ALLOW }];
        let program = libc::sock_fprog { len: 1, filter: filter.as_mut_ptr() };
        // SAFETY: the kernel copies the `len` = 1 instructions that `filter` points to before the
        // call returns, and both structs outlive it.
        let answer =
            unsafe { libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, 0, &raw const program) };
        Errno::result(answer).map(drop)
    })
}

/// `seccomp(SECCOMP_SET_MODE_FILTER)`: from here on `program` is asked about each call of this process and of its
/// children, beside the programs that are loaded already. The strictest answer wins, and none is ever unloaded.
///
/// It takes `no_new_privs` or `CAP_SYS_ADMIN`, and a program of 1 to 4096 instructions (`BPF_MAXINSNS`).
#[track_caller]
#[allow(unsafe_code)]
pub fn seccomp_set_mode_filter(program: &[libc::sock_filter]) -> Result<()> {
    let line = format!("seccomp(SECCOMP_SET_MODE_FILTER, 0, {{{} instructions}})", program.len());
    call("seccomp(2)", line, || {
        let len = u16::try_from(program.len()).map_err(|_| Errno::EINVAL)?; // the kernel's answer to so many
        let program = libc::sock_fprog { len, filter: program.as_ptr().cast_mut() };
        // SAFETY: the kernel copies the `len` instructions that `filter` points to before the call returns, and
        // writes none: the pointer is mutable only in the header. The slice and the struct outlive the call.
        let answer =
            unsafe { libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, 0, &raw const program) };
        Errno::result(answer).map(drop)
    })
}
