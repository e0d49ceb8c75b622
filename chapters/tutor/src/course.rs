//! The exercises, as data: what to do, what shows that it is done, hints, points.

/// One exercise.
#[derive(Debug)]
pub struct Exercise {
    /// Chapter and number: `3.2`.
    pub id: &'static str,
    /// What it is called.
    pub title: &'static str,
    /// Whether the chapter shows it or only asks for it.
    pub kind: Kind,
    /// What it is worth.
    pub points: u32,
    /// What the student finds in the stub, a line each.
    pub task: &'static [&'static str],
    /// What is to be written.
    pub parts: &'static [Part],
    /// Lines that the student puts into `stage.rs`.
    pub lines: &'static [&'static str],
    /// Flags of `run` that make the runtime do it; none where it always does.
    pub flags: &'static [&'static str],
    /// The checks that show that it is done.
    pub checks: &'static [&'static str],
    /// Where it is explained.
    pub page: &'static str,
    /// From a nudge to nearly the answer.
    pub hints: [&'static str; 3],
    /// What to look at after passing.
    pub note: &'static str,
}

/// The two kinds of exercises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The chapter's own unit, which the page explains.
    Build,
    /// A variation that the page does not print.
    Extend,
}

/// A piece of a source file that a student writes.
#[derive(Debug)]
pub enum Part {
    /// The body of a function; the stub gives back `instead`, or says that it is not written.
    Body {
        /// The file in `src`.
        file: &'static str,
        /// The function.
        name: &'static str,
        /// What the stub evaluates to; `None` where it can fail with an error.
        instead: Option<&'static str>,
    },
    /// The value of a constant.
    Value {
        /// The file in `src`.
        file: &'static str,
        /// The constant.
        name: &'static str,
        /// What it is in the stub.
        instead: &'static str,
    },
}

impl Part {
    /// The file in `src` that it is in.
    pub fn file(&self) -> &'static str {
        match self {
            Part::Body { file, .. } | Part::Value { file, .. } => file,
        }
    }
}

impl Exercise {
    /// The chapter it belongs to.
    pub fn chapter(&self) -> u8 {
        self.id.split('.').next().and_then(|chapter| chapter.parse().ok()).unwrap_or_default()
    }

    /// The name of its test.
    pub fn test_name(&self) -> String {
        let words = self.title.to_lowercase().replace(|letter: char| !letter.is_alphanumeric(), "_");
        format!("ch{:02}::exercise_{}_{words}", self.chapter(), self.id.replace('.', "_"))
    }
}

/// The exercise called `id`.
pub fn find(id: &str) -> Option<&'static Exercise> {
    EXERCISES.iter().find(|exercise| exercise.id == id)
}

const CH01: &str = "book/src/ch01-process.md";
const CH02: &str = "book/src/ch02-hostname.md";
const CH03: &str = "book/src/ch03-pid-namespace.md";
const CH04: &str = "book/src/ch04-mount-namespace.md";

/// All exercises, in the order of the book.
pub const EXERCISES: &[Exercise] = &[
    Exercise {
        id: "1.1",
        title: "A clean environment",
        kind: Kind::Build,
        points: 2,
        task: &[
            "Give the command a PATH, the caller's HOME and TERM, and the variables in `given`: nothing else.",
            "A later variable replaces an earlier one of the same name.",
            "Read: environ(7), execve(2).",
        ],
        parts: &[Part::Body { file: "environment.rs", name: "clean", instead: Some("Vec::new()") }],
        lines: &[],
        flags: &[],
        checks: &["surroundings"],
        page: CH01,
        hints: [
            "What must not be in the result? Look at what `env` prints in your shell, then at what the page \
             says a container may know of it.",
            "Begin with an empty Vec, not with std::env::vars_os(). Push PATH, then HOME and TERM if the \
             caller has them, then the given ones.",
            "std::env::var_os(\"HOME\") gives the caller's value. Each entry is a CString \"NAME=value\"; \
             before pushing one, retain() those whose name (up to the '=') is another.",
        ],
        note: "Compare `tr '\\0' '\\n' < /proc/self/environ` inside and outside, then do it in Docker.",
    },
    Exercise {
        id: "1.2",
        title: "Close the caller's files",
        kind: Kind::Build,
        points: 1,
        task: &[
            "Close, at the coming execve, every descriptor but 0, 1 and 2.",
            "Then put the line `process::close_descriptors()?;` where it belongs in stage.rs.",
            "Read: close_range(2).",
        ],
        parts: &[Part::Body { file: "process.rs", name: "close_descriptors", instead: None }],
        lines: &["process::close_descriptors()?;"],
        flags: &[],
        checks: &["descriptors"],
        page: CH01,
        hints: [
            "Which descriptors may a command inherit? Only three have a meaning that every program knows.",
            "You cannot close them now: one of them is the socket to the parent. close_range(2) has a flag \
             that closes them at execve instead.",
            "sys::close_range_cloexec(first) is that call. And the line goes into the child, before exec.",
        ],
        note: "A descriptor on a host folder was enough to leave runc's containers: CVE-2024-21626.",
    },
    Exercise {
        id: "1.3",
        title: "Signals back to their defaults",
        kind: Kind::Build,
        points: 1,
        task: &[
            "Let no signal be ignored and none be blocked when the command starts.",
            "Then put the line `signals::reset()?;` where it belongs in stage.rs.",
            "Read: signal(7), sigaction(2), sigprocmask(2), and in execve(2) what survives it.",
        ],
        parts: &[Part::Body { file: "signals.rs", name: "reset", instead: None }],
        lines: &["signals::reset()?;"],
        flags: &[],
        checks: &["signal_state"],
        page: CH01,
        hints: [
            "What does execve(2) say about ignored signals, and about the mask?",
            "Two things survive execve: the disposition \"ignored\", and the mask of blocked signals.",
            "sys::restore_defaults() for the first, sys::sigmask_empty() for the second; both in the child.",
        ],
        note: "Every Rust program ignores SIGPIPE. `yes | head -n 1` shows what a command does without it.",
    },
    Exercise {
        id: "1.4",
        title: "Die with the runtime",
        kind: Kind::Build,
        points: 1,
        task: &[
            "Let the kernel kill this process when its parent dies, however it dies.",
            "Then put the line `process::die_with_parent()?;` where it belongs in stage.rs.",
            "Read: PR_SET_PDEATHSIG(2const), or prctl(2).",
        ],
        parts: &[Part::Body { file: "process.rs", name: "die_with_parent", instead: None }],
        lines: &["process::die_with_parent()?;"],
        flags: &[],
        checks: &["dies_with_runtime"],
        page: CH01,
        hints: [
            "The runtime is killed with SIGKILL: none of its code runs any more. Who is left to act?",
            "prctl(PR_SET_PDEATHSIG) asks the kernel for a signal when the parent dies. Which signal can \
             nobody ignore?",
            "sys::prctl_set_pdeathsig(Signal::SIGKILL), in the child (it asks for itself), and before it waits \
             for the parent for the first time.",
        ],
        note: "Containers of runc outlive runc on purpose. Think of an upgrade of the engine: why?",
    },
    Exercise {
        id: "1.5",
        title: "A limit on open files",
        kind: Kind::Extend,
        points: 3,
        task: &[
            "Extend: `--ulimit nofile=64`, as in Docker, limits how many files the command may have open.",
            "Anything but nofile=NUMBER is an error. Then put the line",
            "`extend::set_ulimits(&run.ulimit)?;` where it belongs in stage.rs. Read: setrlimit(2), getrlimit(2).",
        ],
        parts: &[Part::Body { file: "extend.rs", name: "set_ulimits", instead: None }],
        lines: &["extend::set_ulimits(&run.ulimit)?;"],
        flags: &["--ulimit", "nofile=64"],
        checks: &["ulimit"],
        page: CH01,
        hints: [
            "Which process has the limit, and what does a child inherit of it?",
            "strip_prefix(\"nofile=\") and parse() make a number of it; sys::setrlimit takes a Resource.",
            "For each limit: sys::setrlimit(Resource::RLIMIT_NOFILE, number)?, called in the child before exec.",
        ],
        note: "Which other resources does `docker run --ulimit` know? Which of them are better limited by a cgroup?",
    },
    Exercise {
        id: "2.1",
        title: "Namespaces for name and IPC",
        kind: Kind::Build,
        points: 1,
        task: &[
            "Which flags of clone(2) give the child a hostname and System V IPC of its own?",
            "Then put the line `hostname::NAMESPACES,` where it belongs in stage.rs.",
            "Read: uts_namespaces(7), ipc_namespaces(7).",
        ],
        parts: &[Part::Value { file: "hostname.rs", name: "NAMESPACES", instead: "CloneFlags::empty()" }],
        lines: &["hostname::NAMESPACES,"],
        flags: &[],
        checks: &["own_uts", "own_ipc", "list_shared_memory"],
        page: CH02,
        hints: [
            "Two namespaces, two flags. `ls -l /proc/self/ns` shows their short names.",
            "CLONE_NEWUTS and CLONE_NEWIPC. A constant cannot use `|`; look at what else CloneFlags has.",
            "CloneFlags::CLONE_NEWUTS.union(CloneFlags::CLONE_NEWIPC), and the constant goes into the array \
             `namespaces` of the parent.",
        ],
        note: "`lsns -p $$` lists your shell's namespaces; do it inside, too.",
    },
    Exercise {
        id: "2.2",
        title: "Name the container",
        kind: Kind::Build,
        points: 1,
        task: &[
            "Give the UTS namespace its name.",
            "Then put the line `hostname::set(&run.hostname)?;` where it belongs in stage.rs.",
            "Read: sethostname(2).",
        ],
        parts: &[Part::Body { file: "hostname.rs", name: "set", instead: None }],
        lines: &["hostname::set(&run.hostname)?;"],
        flags: &[],
        checks: &["own_hostname", "rename_host"],
        page: CH02,
        hints: [
            "Which of the two processes is in the new namespace?",
            "In the parent the call would rename the machine. The child is in the namespace from its birth.",
            "sys::sethostname(name) in hostname.rs; the line goes into the child, after it heard `Proceed`.",
        ],
        note: "The limit is 64 bytes, not characters. What happens with --hostname of 65?",
    },
    Exercise {
        id: "2.3",
        title: "The other name",
        kind: Kind::Extend,
        points: 3,
        task: &[
            "Extend: `--domainname NAME`, as in Docker: the NIS domain name lives in the UTS namespace, too.",
            "Then put the line `extend::set_domainname(run.domainname.as_deref())?;` where it belongs in",
            "stage.rs. Read: setdomainname(2).",
        ],
        parts: &[Part::Body { file: "extend.rs", name: "set_domainname", instead: None }],
        lines: &["extend::set_domainname(run.domainname.as_deref())?;"],
        flags: &["--domainname", "example.org"],
        checks: &["own_domainname"],
        page: CH02,
        hints: [
            "What else does uname(2) tell beside the hostname?",
            "sys::setdomainname is the call. Without the flag nothing is to be done.",
            "match name { Some(name) => sys::setdomainname(name), None => Ok(()) }, called in the child.",
        ],
        note: "`cat /proc/sys/kernel/domainname` inside and outside. Who still uses it?",
    },
    Exercise {
        id: "3.1",
        title: "The command is PID 1",
        kind: Kind::Build,
        points: 1,
        task: &[
            "Which flag of clone(2) lets the child be born as PID 1?",
            "Then put the line `pid_namespace::NAMESPACE,` where it belongs in stage.rs.",
            "Read: pid_namespaces(7).",
        ],
        parts: &[Part::Value { file: "pid_namespace.rs", name: "NAMESPACE", instead: "CloneFlags::empty()" }],
        lines: &["pid_namespace::NAMESPACE,"],
        flags: &[],
        checks: &["pid_1", "no_orphans", "kill_neighbour"],
        page: CH03,
        hints: [
            "A process cannot change its own number. When is it decided?",
            "It must be a flag of clone; unshare would only move the children that come later.",
            "CloneFlags::CLONE_NEWPID, beside hostname::NAMESPACES in the array of the parent.",
        ],
        note: "`grep NSpid /proc/PID/status` outside shows both numbers of the command.",
    },
    Exercise {
        id: "3.2",
        title: "A signal that PID 1 would not get",
        kind: Kind::Build,
        points: 2,
        task: &[
            "Say from the text of a /proc/PID/status whether `signal` has its default action: it is neither",
            "blocked (SigBlk), nor ignored (SigIgn), nor caught (SigCgt). For a PID 1 the kernel drops such a",
            "signal, and the runtime has to end the command itself. The masks are hexadecimal; signal n is bit",
            "n - 1. Read: proc_pid_status(5), pid_namespaces(7).",
        ],
        parts: &[Part::Body { file: "signals.rs", name: "has_default_action", instead: Some("false") }],
        lines: &[],
        flags: &[],
        checks: &["pid_1_default_action", "pid_1_handler", "signal_forwarding"],
        page: CH03,
        hints: [
            "Send SIGTERM to `exercises run sleep 60`. Then read SigCgt of the sleep: which handler has it?",
            "The kernel drops a signal for PID 1 when it is neither caught (SigCgt), nor ignored (SigIgn), nor \
             blocked (SigBlk: the process may wait for it with sigwait or signalfd).",
            "Find the three lines with strip_prefix(\"SigBlk:\") and so on, u64::from_str_radix(text.trim(), 16) each, \
             and answer whether none has the bit 1 << (signal as u64 - 1). If a mask is missing answer false.",
        ],
        note: "`docker run --init` puts a small PID 1 in front that has handlers: chapter 13.",
    },
    Exercise {
        id: "3.3",
        title: "The number outside",
        kind: Kind::Extend,
        points: 3,
        task: &[
            "Extend: `--pid-file FILE`, as in runc: write the number that the *host* has for the command.",
            "Then put the line `extend::write_pid_file(run.pid_file.as_deref(), container.pid)?;` where it",
            "belongs in stage.rs. Read: pid_namespaces(7), clone(2) on what it returns.",
        ],
        parts: &[Part::Body { file: "extend.rs", name: "write_pid_file", instead: None }],
        lines: &["extend::write_pid_file(run.pid_file.as_deref(), container.pid)?;"],
        flags: &["--pid-file", "/dev/null"],
        checks: &["pid_file"],
        page: CH03,
        hints: [
            "The command has two numbers. Which process knows the one outside?",
            "Inside, getpid() says 1. The parent got the other number from clone.",
            "In the parent, when the command runs: fs_err::write(file, command.to_string())?.",
        ],
        note: "An engine reads this file to watch the container: conmon and containerd's shim do.",
    },
    Exercise {
        id: "4.1",
        title: "Mounts of its own",
        kind: Kind::Build,
        points: 2,
        task: &[
            "Cut the child's copy of the mount table off from the host's, in both directions, all of it.",
            "Then put the lines `mounts::NAMESPACE,` and `mounts::make_private()?;` where they belong in stage.rs.",
            "Read: mount_namespaces(7) on propagation, mount(2).",
        ],
        parts: &[Part::Body { file: "mounts.rs", name: "make_private", instead: None }],
        lines: &["mounts::NAMESPACE,", "mounts::make_private()?;"],
        flags: &[],
        checks: &["own_mounts", "cover_files"],
        page: CH04,
        hints: [
            "`findmnt -o TARGET,PROPAGATION` on a laptop shows `shared` everywhere. What does a copy of a \
             shared mount do?",
            "mount(2) with a flag and no source changes the propagation of a mount. And the mounts below it?",
            "sys::mount(None, \"/\", None, MsFlags::MS_REC | MsFlags::MS_PRIVATE, None), in the child, before \
             anything is mounted.",
        ],
        note: "What would MS_SLAVE let through, and who would want that?",
    },
    Exercise {
        id: "4.2",
        title: "A /proc of its own",
        kind: Kind::Build,
        points: 1,
        task: &[
            "Mount a new proc file system over /proc, without set-user-ID programs, devices and programs.",
            "Then put the line `mounts::mount_proc()?;` where it belongs in stage.rs.",
            "Read: proc(5), mount(2).",
        ],
        parts: &[Part::Body { file: "mounts.rs", name: "mount_proc", instead: None }],
        lines: &["mounts::mount_proc()?;"],
        flags: &[],
        checks: &["own_proc", "proc_flags", "spy_on_processes"],
        page: CH04,
        hints: [
            "Whose processes does a procfs show: those of the reader, or of whoever mounted it?",
            "It must be mounted by a process inside the PID namespace, after the mounts were cut off.",
            "sys::mount(Some(\"proc\"), \"/proc\", Some(\"proc\"), MS_NOSUID | MS_NODEV | MS_NOEXEC, None).",
        ],
        note: "`mount | grep proc` inside and outside; then the same in a container of runc.",
    },
    Exercise {
        id: "4.3",
        title: "An empty place",
        kind: Kind::Extend,
        points: 3,
        task: &[
            "Extend: `--tmpfs DIR`, as in Docker: an empty file system in memory over DIR, without",
            "set-user-ID programs, devices and programs. Then put the line `extend::mount_tmpfs(&run.tmpfs)?;`",
            "where it belongs in stage.rs. Read: tmpfs(5), mount(2).",
        ],
        parts: &[Part::Body { file: "extend.rs", name: "mount_tmpfs", instead: None }],
        lines: &["extend::mount_tmpfs(&run.tmpfs)?;"],
        flags: &["--tmpfs", "/mnt"],
        checks: &["own_tmpfs"],
        page: CH04,
        hints: [
            "Like /proc: a new file system over a folder. Which type, and which flags?",
            "It must be mounted in the child, after the mount table was cut off from the host's.",
            "sys::mount(Some(\"tmpfs\"), place, Some(\"tmpfs\"), flags, None)? for each place, with the flags of /proc.",
        ],
        note: "Where does the memory of a tmpfs count? Chapter 6 limits it.",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_in_order_and_unique() {
        let ids: Vec<&str> = EXERCISES.iter().map(|exercise| exercise.id).collect();
        let mut sorted = ids.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(ids, sorted);
    }
}
