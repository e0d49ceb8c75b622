//! Refusals: which calls the filter has refused, and to whom. The program itself only sees an error.
//!
//! Runs in: parent, beside `signals::forward_until_exit`. Kernel: seccomp_unotify(2).
//! See it: `minicontainer run --report-refusals -- unshare --user true`.
//!
//! A filter can refuse a call, or hand it to a *listener*, who answers in the kernel's place. Ours always refuses, as the
//! filter would have; it only says so. The listener is made together with the filter, by the child, who gives it to us.
//!
//! **The trick** by which `minicontainer top` learns of them is a file in memory, memfd_create(2): who may look at us finds it
//! below /proc/PID/fd by its name, and it is gone when we are.

use std::{
    collections::BTreeMap,
    fs::File,
    os::{fd::OwnedFd, unix::fs::FileExt},
};

use ch01::protocol::Channel;
use libc::{BPF_K, BPF_RET, SECCOMP_RET_ERRNO, SECCOMP_RET_USER_NOTIF, sock_filter};
use sys::{Error, Notification, Result};

use crate::calls::Architecture;

/// What every refused call answers.
const EPERM: i32 = 1;

/// **Another trick** is to change an answer in a compiled filter: where the program returns "EPERM", it returns "ask the
/// listener". The first part is that program, the second the others, which go on refusing by themselves.
pub fn telling(programs: &[Vec<sock_filter>]) -> Result<(Vec<sock_filter>, Vec<&Vec<sock_filter>>)> {
    let refuses = |program: &&Vec<sock_filter>| program.iter().copied().any(is_refusal);
    let Some(found) = programs.iter().rfind(refuses) else {
        return Err(Error::new("--report-refusals").why("this filter answers no call with EPERM"));
    };
    let ask = |line: sock_filter| {
        if is_refusal(line) { sock_filter { k: SECCOMP_RET_USER_NOTIF, ..line } } else { line }
    };
    let rest = programs.iter().filter(|program| !std::ptr::eq(*program, found));
    Ok((found.iter().copied().map(ask).collect(), rest.collect()))
}

fn is_refusal(line: sock_filter) -> bool {
    u32::from(line.code) == BPF_RET | BPF_K && line.k == SECCOMP_RET_ERRNO | EPERM.unsigned_abs()
}

/// Take the listener from the child, if refusals are to be told, and answer what comes in a thread of its own. It ends
/// with the last process in the container.
pub fn report(wanted: bool, channel: &mut Channel) -> Result<()> {
    if !wanted {
        return Ok(());
    }
    let listener = channel.take()?;
    let list = File::from(sys::memfd("refusals", b"")?);
    std::thread::spawn(move || {
        if let Err(error) = answer_all(&listener, &list) {
            cli::tell(&format!("refusals are told no more: {error}"));
        }
    });
    Ok(())
}

/// Each call of each program is told once: a program that is refused often asks again. The list says how often.
fn answer_all(listener: &OwnedFd, list: &File) -> Result<()> {
    let calls = Architecture::native()?.calls();
    let mut refused = BTreeMap::new();
    while let Some(notification) = sys::seccomp_next_notification(listener)? {
        let name = calls.iter().find(|(_, number)| i64::from(**number) == i64::from(notification.number));
        let name =
            name.map_or_else(|| format!("call-{}", notification.number), |(name, _)| format!("{name}(2)"));
        let program = program(notification);
        let text = format!("refused: {name}, asked for by {program}");
        let times = refused.entry((name, program)).or_insert(0u64);
        *times += 1;
        if *times == 1 {
            cli::tell(&text);
        }
        write_list(list, &refused)?;
        sys::seccomp_refuse(listener, notification, EPERM)?;
    }
    Ok(())
}

/// A line for each: how often, which call, which program. The text only grows, so the new one covers the old one.
fn write_list(list: &File, refused: &BTreeMap<(String, String), u64>) -> Result<()> {
    let line = |((call, program), times): (&(String, String), &u64)| format!("{times} {call} {program}\n");
    Ok(list.write_all_at(refused.iter().map(line).collect::<String>().as_bytes(), 0)?)
}

/// The name of the program that made the call. It waits for its answer, so it is still there unless it was killed. It chose
/// its name, which must not break our lines.
fn program(notification: Notification) -> String {
    let name = fs_err::read_to_string(format!("/proc/{}/comm", notification.pid)).unwrap_or_default();
    name.trim().escape_debug().to_string()
}
