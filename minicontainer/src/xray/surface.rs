//! What is left open: each a sentence, with the chapter that closes it. What could not be read is not claimed.

use serde::Serialize;

use super::{mountinfo, namespaces::Whose, picture::Subject, root::list};

/// One thing that is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Opening {
    /// A name that stays the same: that of a row.
    pub id: &'static str,
    /// The chapter that closes it.
    pub chapter: u8,
    /// For the summary.
    pub short: &'static str,
    pub sentence: String,
}

/// A namespace that is the host's, what it is called, and what that means.
const NAMESPACES: [(&str, &str, u8, &str, &str); 6] = [
    (
        "uts",
        "ns.uts",
        2,
        "UTS namespace",
        "shares the host's UTS namespace: it has the host's name, and what may rename it renames the host",
    ),
    (
        "ipc",
        "ns.ipc",
        2,
        "IPC namespace",
        "shares the host's IPC namespace: shared memory and queues of the host's programs are within reach",
    ),
    (
        "pid",
        "ns.pid",
        3,
        "PID namespace",
        "shares the host's PID namespace: it sees and can signal its processes",
    ),
    (
        "mnt",
        "ns.mnt",
        4,
        "mount namespace",
        "shares the host's mount namespace: what is mounted here or there is mounted for both",
    ),
    (
        "net",
        "ns.net",
        5,
        "network",
        "shares the host's network: it reaches what listens on 127.0.0.1 and on abstract sockets",
    ),
    (
        "cgroup",
        "ns.cgroup",
        7,
        "cgroup namespace",
        "shares the host's cgroup namespace: it sees how the host's groups are called",
    ),
];

/// All that is open, in the order of the chapters.
pub fn openings(of: &Subject) -> Vec<Opening> {
    let mut found = Vec::new();
    let mut open =
        |id, chapter, short, sentence: String| found.push(Opening { id, chapter, short, sentence });
    for (name, id, chapter, short, sentence) in NAMESPACES {
        if of.namespaces.whose(name) == Whose::Host {
            open(id, chapter, short, sentence.into());
        }
    }
    let seen = if of.limits.seen_whole { "" } else { " that can be seen from here" };
    if matches!(of.limits.memory, Ok((None, _))) {
        let sentence = format!("has no limit of memory{seen}: it can take all of the host's");
        open("limit.memory", 6, "memory", sentence);
    }
    if matches!(of.limits.pids, Ok((None, _))) {
        let sentence = format!("has no limit of processes{seen}: a fork bomb fills the host's table");
        open("limit.pids", 7, "processes", sentence);
    }
    if matches!(of.limits.cpu, Ok((None, _))) {
        let sentence = format!("has no quota of processor time{seen}: it can keep all processors busy");
        open("limit.cpu", 7, "processors", sentence);
    }
    files(of, &mut open);
    let users = of.namespaces.whose("user");
    if users == Whose::Host && of.ids.is_root_inside() {
        let sentence = "is root in the host's user namespace: if it gets out, it is root there";
        open("ns.user", 10, "user namespace", sentence.into());
    }
    powers(of, users, &mut open);
    found.sort_by_key(|opening| opening.chapter);
    found
}

fn files(of: &Subject, open: &mut impl FnMut(&'static str, u8, &'static str, String)) {
    if of.root.is_hosts == Ok(Some(true)) {
        let top = of.root.mounts.as_deref().ok().and_then(|mounts| mountinfo::over(mounts, "/"));
        let how = if top.is_some_and(|mount| mount.read_only) { ", read-only" } else { "" };
        open("root", 8, "root", format!("has the host's root{how}: every file of the host is before it"));
    }
    if let Some(masks) = &of.masks {
        if !masks.bare.is_empty() {
            open("masked", 8, "masks", format!("reads what tells of the host: {}", list(&masks.bare)));
        }
        if !masks.writable.is_empty() {
            let paths = list(&masks.writable);
            open(
                "read_only",
                8,
                "kernel settings",
                format!("finds settings of the kernel on no read-only mount: {paths}"),
            );
        }
    }
    let writable = of.folders.iter().flatten().filter(|folder| !folder.read_only);
    let writable: Vec<&str> = writable.map(|folder| folder.source.as_str()).collect();
    if !writable.is_empty() {
        open("shared", 8, "host folders", format!("can write to folders of the host: {}", list(&writable)));
    }
    if let Ok(sockets) = &of.root.sockets
        && !sockets.is_empty()
    {
        let sentence =
            format!("sees an engine's socket: who may speak to {} is root of the host", list(sockets));
        open("engines", 8, "engine socket", sentence);
    }
    if let Ok(disks) = &of.root.disks
        && !disks.is_empty()
    {
        open("disks", 8, "disks", format!("sees the host's disks in /dev: {}", list(disks)));
    }
}

fn powers(of: &Subject, users: Whose, open: &mut impl FnMut(&'static str, u8, &'static str, String)) {
    let (more, reaching) = (of.capabilities.more_than_docker(), of.capabilities.reaching());
    if users == Whose::Host && !reaching.is_empty() {
        let sentence = format!("has capabilities that reach the host: {}", list(&reaching));
        open("cap.host", 11, "capabilities", sentence);
    } else if !more.is_empty() {
        let names = if more.len() > 8 { format!("{} of them", more.len()) } else { list(&more) };
        let only = if users == Whose::Own { ", though in its own user namespace only" } else { "" };
        let sentence = format!(
            "has capabilities beyond Docker's fourteen ({names}): they open more of the kernel{only}"
        );
        open("cap.more", 11, "capabilities", sentence);
    }
    if of.seccomp.no_new_privs == Ok(false) {
        let sentence = "has no no_new_privs: a set-user-ID program makes it another user";
        open("no_new_privs", 11, "no_new_privs", sentence.into());
    }
    if of.seccomp.mode == Ok(0) {
        let sentence = "has no seccomp filter: every system call of the kernel is open to it";
        open("seccomp", 12, "seccomp", sentence.into());
    }
}
