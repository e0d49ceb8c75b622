//! Processes: clone3, execve, waitpid, and what a process may change about itself.

use std::{convert::Infallible, ffi::CString};

use nix::{
    errno::Errno,
    sched::CloneFlags,
    sys::{
        resource::Resource,
        signal::Signal,
        wait::{WaitPidFlag, WaitStatus},
    },
    unistd::{ForkResult, Gid, Pid, Uid},
};

use crate::{
    Result, Side,
    call::{Outcome, call, call_shown_before, flag_names},
    explain, seat_belt,
};

/// `clone3(2)` used like `fork(2)`: it returns twice, and the child is born into new namespaces.
///
/// The child has a copy of this process's memory but only the calling thread, so a lock that another
/// thread holds stays locked for ever in the child. The runtime has one thread when it calls this.
#[track_caller]
pub fn clone3(namespaces: CloneFlags) -> Result<ForkResult> {
    let line = format!("clone3({})", flag_names!(namespaces));
    call("clone(2)", line, || {
        #[expect(clippy::cast_sign_loss, reason = "flags are bits; CLONE_IO is the sign bit of a c_int")]
        let flags = u64::from(namespaces.bits() as u32);
        match raw_clone3(flags)? {
            0 => {
                explain::set_side(Side::Child);
                seat_belt::entered(namespaces);
                Ok(ForkResult::Child)
            }
            pid => Ok(ForkResult::Parent { child: Pid::from_raw(pid) }),
        }
    })
}

#[allow(unsafe_code)]
fn raw_clone3(flags: u64) -> nix::Result<i32> {
    // SAFETY: an all-zero clone_args is a valid value, it consists of integers only.
    let mut arguments: libc::clone_args = unsafe { std::mem::zeroed() };
    arguments.flags = flags;
    arguments.exit_signal = libc::SIGCHLD as u64;
    // SAFETY: without CLONE_VM and with no stack given, the child runs on a copy of this memory, as
    // after fork(2). The kernel reads size_of(clone_args) bytes of a struct that outlives the call.
    let answer =
        unsafe { libc::syscall(libc::SYS_clone3, &raw mut arguments, size_of::<libc::clone_args>()) };
    #[expect(clippy::cast_possible_truncation, reason = "a pid, or -1")]
    Errno::result(answer as i32)
}

impl Outcome for ForkResult {
    fn shown(&self) -> String {
        match self {
            ForkResult::Parent { child } => child.to_string(),
            ForkResult::Child => "0, I am the child".into(),
        }
    }
}

/// `execve(2)`: become `path`. It returns only to say why not.
#[track_caller]
pub fn execve(path: &CString, arguments: &[CString], environment: &[CString]) -> Result<Infallible> {
    let line = format!("execve({path:?}, {arguments:?}, {} variables)", environment.len());
    call_shown_before("execve(2)", &line, || nix::unistd::execve(path, arguments, environment))
}

/// `waitpid(2)`: ask for the exit status of a child.
#[track_caller]
pub fn waitpid(pid: Pid, flags: WaitPidFlag) -> Result<WaitStatus> {
    call("waitpid(2)", format!("waitpid({pid}, {})", flag_names!(flags)), || {
        nix::sys::wait::waitpid(pid, Some(flags))
    })
}

/// `prctl(PR_SET_PDEATHSIG)`: the signal that this process gets when its parent dies.
#[track_caller]
pub fn prctl_set_pdeathsig(signal: Signal) -> Result<()> {
    call("prctl(2)", format!("prctl(PR_SET_PDEATHSIG, {signal})"), || nix::sys::prctl::set_pdeathsig(signal))
}

/// `prctl(PR_SET_CHILD_SUBREAPER)`: descendants of this process that lose their parent become its children.
#[track_caller]
pub fn prctl_set_child_subreaper() -> Result<()> {
    call("prctl(2)", "prctl(PR_SET_CHILD_SUBREAPER, 1)".into(), || nix::sys::prctl::set_child_subreaper(true))
}

/// `setgroups(2)`: the supplementary groups of this process.
#[track_caller]
pub fn setgroups(groups: &[Gid]) -> Result<()> {
    call("setgroups(2)", format!("setgroups({groups:?})"), || nix::unistd::setgroups(groups))
}

/// `setgid(2)`: the group of this process.
#[track_caller]
pub fn setgid(gid: Gid) -> Result<()> {
    call("setgid(2)", format!("setgid({gid})"), || nix::unistd::setgid(gid))
}

/// `setuid(2)`: the user of this process.
#[track_caller]
pub fn setuid(uid: Uid) -> Result<()> {
    call("setuid(2)", format!("setuid({uid})"), || nix::unistd::setuid(uid))
}

/// `_exit(2)`: end this process at once, without the clean-up that belongs to its parent's copy.
#[allow(unsafe_code)]
pub fn exit_now(code: u8) -> ! {
    // SAFETY: _exit takes an integer, touches no memory of ours and does not return.
    unsafe { libc::_exit(code.into()) }
}

/// `setrlimit(2)`, soft and hard alike.
#[track_caller]
pub fn setrlimit(resource: Resource, limit: u64) -> Result<()> {
    call("setrlimit(2)", format!("setrlimit({resource:?}, {limit})"), || {
        nix::sys::resource::setrlimit(resource, limit, limit)
    })
}

/// Die of a real segmentation fault. A signal that a process sends itself is another matter: PID 1 of a
/// PID namespace would not get it.
///
/// # Panics
///
/// Where something is mapped at address 0, which takes a process that wants it so.
#[allow(unsafe_code)]
pub fn segfault() -> ! {
    // SAFETY: none, and that is its purpose: the page at address 0 is never mapped, so the kernel ends
    // this process here and nothing after it runs.
    let value = unsafe { std::ptr::null::<u8>().read_volatile() };
    panic!("address 0 is mapped and holds {value}")
}
