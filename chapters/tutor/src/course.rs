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
        /// What the stub evaluates to; `None` where it can fail with an error. Where the exercises before it need
        /// something in its place, it does that: in 10.1 the borrowed root.
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
const CH05: &str = "book/src/ch05-network-namespace.md";
const CH06: &str = "book/src/ch06-memory.md";
const CH07: &str = "book/src/ch07-pids-and-cpu.md";
const CH08: &str = "book/src/ch08-pivot-root.md";
const CH09: &str = "book/src/ch09-layers.md";
const CH10: &str = "book/src/ch10-user-namespace.md";
const CH11: &str = "book/src/ch11-capabilities.md";
const CH12: &str = "book/src/ch12-seccomp.md";

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
            "A `Variable` is a NAME=VALUE; it has none where --env names a variable that the caller does not have.",
            "Read: environ(7), execve(2).",
        ],
        parts: &[Part::Body { file: "environment.rs", name: "clean", instead: Some("Vec::new()") }],
        lines: &[],
        flags: &[],
        checks: &["surroundings", "home_and_term", "env_by_name"],
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
        checks: &["descriptors", "exec_failure"],
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
        checks: &["signal_state", "signal_mask"],
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
        checks: &["own_hostname", "rename_host", "any_hostname"],
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
        checks: &["pid_1", "pid_1_default_action", "pid_1_handler", "signal_forwarding"],
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
        title: "Fewer files in /proc",
        kind: Kind::Extend,
        points: 3,
        task: &[
            "Extend: `--proc-opts subset=pid`, as in Podman: mount options for /proc. The flags that /proc has",
            "already must stay. Then put the line `extend::set_proc_options(run.proc_opts.as_deref())?;`",
            "where it belongs in stage.rs. Read: proc(5) on mount options, mount(2) on MS_REMOUNT.",
        ],
        parts: &[Part::Body { file: "extend.rs", name: "set_proc_options", instead: None }],
        lines: &["extend::set_proc_options(run.proc_opts.as_deref())?;"],
        flags: &["--proc-opts", "subset=pid"],
        checks: &["proc_options"],
        page: CH04,
        hints: [
            "/proc is mounted already. How does one change the options of a mount that is there?",
            "mount(2) with MS_REMOUNT. It replaces *all* options and flags, also those that you do not name.",
            "sys::mount(None, \"/proc\", None, MS_REMOUNT | the three flags of mount_proc, Some(options)), in the \
             child, after mount_proc.",
        ],
        note: "`hidepid=invisible` is another option. What does it hide, and from whom?",
    },
    Exercise {
        id: "5.1",
        title: "A network of its own",
        kind: Kind::Build,
        points: 1,
        task: &[
            "Which flag of clone(2) gives the child a network of its own? With `--network host` it gets none.",
            "Then put the line `network::namespace(run.network),` where it belongs in stage.rs.",
            "Read: network_namespaces(7).",
        ],
        parts: &[Part::Body { file: "network.rs", name: "namespace", instead: Some("CloneFlags::empty()") }],
        lines: &["network::namespace(run.network),"],
        flags: &[],
        checks: &["own_network_namespace", "use_abstract_socket"],
        page: CH05,
        hints: [
            "As for a hostname or for PIDs: one flag, at birth.",
            "CLONE_NEWNET; and `run.network` says whether it is wanted. The array takes the empty set, too.",
            "if network == Network::Host { CloneFlags::empty() } else { CloneFlags::CLONE_NEWNET }",
        ],
        note: "`ip link` inside: one interface, and it is down. Why can nobody reach 127.0.0.1 yet?",
    },
    Exercise {
        id: "5.2",
        title: "Loopback up",
        kind: Kind::Build,
        points: 1,
        task: &[
            "Bring the interface lo up, but for `--network host`, where it is the host's and up already.",
            "Then put the line `network::bring_loopback_up(run.network)?;` where it belongs in stage.rs.",
            "Read: netdevice(7) on IFF_UP, or rtnetlink(7); netlink.rs has the messages ready.",
        ],
        parts: &[Part::Body { file: "network.rs", name: "bring_loopback_up", instead: None }],
        lines: &["network::bring_loopback_up(run.network)?;"],
        flags: &[],
        checks: &["own_network", "host_network"],
        page: CH05,
        hints: [
            "In whose network is the process that asks? Only that one it can change.",
            "The child asks, after `Proceed`. Look at what Netlink can do.",
            "Netlink::open()?.set_up(\"lo\"), unless network is Network::Host.",
        ],
        note: "`strace -f -e trace=network ip link set lo up` sends the same message.",
    },
    Exercise {
        id: "5.3",
        title: "A parameter of the network",
        kind: Kind::Extend,
        points: 3,
        task: &[
            "Extend: `--sysctl net.ipv4.ip_default_ttl=42`, as in Docker: the file in /proc/sys has the name with",
            "slashes. What does not begin with net. is the whole machine's: an error. Then put the line",
            "`extend::set_sysctls(&run.sysctl)?;` where it belongs in stage.rs. Read: sysctl(8), proc_sys(5).",
        ],
        parts: &[Part::Body { file: "extend.rs", name: "set_sysctls", instead: None }],
        lines: &["extend::set_sysctls(&run.sysctl)?;"],
        flags: &["--sysctl", "net.ipv4.ip_default_ttl=42"],
        checks: &["sysctl"],
        page: CH05,
        hints: [
            "Whose setting does a process see in /proc/sys/net? Try it with `ip netns exec` or `unshare -n`.",
            "That of the network namespace it is in. So the child writes; and after chapter 8, before the masks.",
            "split_once('='), replace('.', \"/\"), and sys::write(Path::new(\"/proc/sys\").join(name), value).",
        ],
        note: "Kubernetes has a list of \"safe\" sysctls. Why is kernel.msgmax on Docker's list as well?",
    },
    Exercise {
        id: "6.1",
        title: "Into the group",
        kind: Kind::Build,
        points: 2,
        task: &[
            "Put the container into its group: its number goes into cgroup.procs of every folder of the group.",
            "Then put the line `cgroup::join(&group, container.pid)?;` where it belongs in stage.rs.",
            "Read: cgroups(7).",
        ],
        parts: &[Part::Body { file: "cgroup.rs", name: "join", instead: None }],
        lines: &["cgroup::join(&group, container.pid)?;"],
        flags: &[],
        checks: &["own_cgroup", "joins_in_time"],
        page: CH06,
        hints: [
            "In version 1 each controller has a tree of its own. How many folders has the group?",
            "group.folders() has each once. What the container starts later is born in its group, what it has \
             started before is not.",
            "For each folder: sys::write(folder.join(\"cgroup.procs\"), &container.to_string())?, in the parent, \
             after clone and before it tells `Proceed`.",
        ],
        note: "clone3 can put a child into a group at birth, CLONE_INTO_CGROUP. Only in version 2: why?",
    },
    Exercise {
        id: "6.2",
        title: "A limit of memory",
        kind: Kind::Build,
        points: 2,
        task: &[
            "Limit memory and swap together, if there is a limit. `cgroups_rs` writes the files: MemController.",
            "`cgroup::write_by_library` makes such a call, and shows it in --explain.",
            "In version 1 a file has memory and swap together, in version 2 one has swap alone.",
            "Then put the line `memory::limit(&group, run.memory)?;` where it belongs in stage.rs.",
            "Read: cgroup-v1/memory.rst and cgroup-v2.rst in the kernel's documentation.",
        ],
        parts: &[Part::Body { file: "memory.rs", name: "limit", instead: None }],
        lines: &["memory::limit(&group, run.memory)?;"],
        flags: &["--memory", "64m"],
        checks: &["memory_limit", "oom_kill", "another_limit"],
        page: CH06,
        hints: [
            "With a limit of memory alone, where does a process put what is too much?",
            "group.folder(Controller::Memory)? tells version and folder. MemController has set_limit and \
             set_memswap_limit; each is called in cgroup::write_by_library(file, value, || …), which shows it in --explain.",
            "set_limit first: version 1 refuses a limit of both that is below that of memory. Then \
             set_memswap_limit(the same) in version 1, set_memswap_limit(0) in version 2, where the file exists.",
        ],
        note: "`--memory 6m` is the least that Docker takes. Find out what happens with less.",
    },
    Exercise {
        id: "6.3",
        title: "A reservation",
        kind: Kind::Extend,
        points: 3,
        task: &[
            "Extend: `--memory-reservation 32m`, as in Docker: so much the kernel leaves to the container when",
            "the machine is short of memory. In version 1 memory.soft_limit_in_bytes, in version 2 memory.low.",
            "Then put the line `extend::reserve_memory(&group, run.memory_reservation)?;` where it belongs.",
        ],
        parts: &[Part::Body { file: "extend.rs", name: "reserve_memory", instead: None }],
        lines: &["extend::reserve_memory(&group, run.memory_reservation)?;"],
        flags: &["--memory-reservation", "32m"],
        checks: &["memory_reservation"],
        page: CH06,
        hints: [
            "It is the limit of 6.2 once more, with another file and without a library.",
            "group.folder(Controller::Memory)? tells version and folder; match on the version for the name.",
            "let Some(Bytes(bytes)) = reservation else { return Ok(()) }; then sys::write(folder.join(file), &bytes.to_string()), in \
             the parent, before anybody is in the group.",
        ],
        note: "The OCI calls it `reservation`. What does Kubernetes write there, and when?",
    },
    Exercise {
        id: "7.1",
        title: "A limit of processes",
        kind: Kind::Build,
        points: 1,
        task: &[
            "Limit the processes of the group, if there is a limit. `cgroups_rs` writes it: PidController.",
            "Then put the line `pids::limit(&group, run.pids_limit)?;` where it belongs in stage.rs.",
            "Read: cgroup-v1/pids.rst, cgroup-v2.rst.",
        ],
        parts: &[Part::Body { file: "pids.rs", name: "limit", instead: None }],
        lines: &["pids::limit(&group, run.pids_limit)?;"],
        flags: &["--pids-limit", "20"],
        checks: &["pids_limit", "fork_bomb"],
        page: CH07,
        hints: [
            "RLIMIT_NPROC counts the processes of a user. Whose are those of two containers?",
            "The group counts its own. Its file is pids.max, in both versions.",
            "PidController::new(folder.to_owned(), version == Version::V2).set_pid_max(MaxValue::Value(n)), \
             through cgroup::write_by_library.",
        ],
        note: "Threads count. `--pids-limit 5` and a program with ten threads: which error does it show?",
    },
    Exercise {
        id: "7.2",
        title: "A limit of time",
        kind: Kind::Build,
        points: 2,
        task: &[
            "Limit the processor time of the group, if there is a limit: a quota of microseconds in each period",
            "of 100,000. `cgroups_rs` writes it: CpuController. Then put the line",
            "`cpu::limit(&group, run.cpus)?;` where it belongs in stage.rs. Read: sched-bwc.rst, cgroup-v2.rst.",
        ],
        parts: &[Part::Body { file: "cpu.rs", name: "limit", instead: None }],
        lines: &["cpu::limit(&group, run.cpus)?;"],
        flags: &["--cpus", "0.05"],
        checks: &["cpu_limit"],
        page: CH07,
        hints: [
            "Is half a processor a matter of which processor, or of when?",
            "cpus.quota() has the microseconds. The file is cpu.cfs_quota_us in version 1, cpu.max in version 2.",
            "CpuController::new(folder.to_owned(), version == Version::V2).set_cfs_quota(cpus.quota()), through \
             cgroup::write_by_library.",
        ],
        note: "Run eight spinning processes with `--cpus 1` and look at cpu.stat. Who waits for whom?",
    },
    Exercise {
        id: "7.3",
        title: "The top is where it is",
        kind: Kind::Build,
        points: 1,
        task: &[
            "Leave the cgroup namespace in which the process was born.",
            "Then put the line `cgroup_namespace::unshare()?;` where it belongs in stage.rs.",
            "Read: cgroup_namespaces(7): which groups become the top, and when?",
        ],
        parts: &[Part::Body { file: "cgroup_namespace.rs", name: "unshare", instead: None }],
        lines: &["cgroup_namespace::unshare()?;"],
        flags: &[],
        checks: &["own_cgroup_namespace", "see_host_groups"],
        page: CH07,
        hints: [
            "Compare `cat /proc/self/cgroup` inside and outside.",
            "The groups that the caller is in at that moment become the top. In which is the child when it is born?",
            "sys::unshare(CloneFlags::CLONE_NEWCGROUP), in the child, after it has heard `Proceed`.",
        ],
        note: "Does the namespace keep anybody from leaving the group? Try it as root, before chapter 8.",
    },
    Exercise {
        id: "7.4",
        title: "Say that somebody was refused",
        kind: Kind::Extend,
        points: 3,
        task: &[
            "Extend: if the limit of pids was reached, say so on standard error (`cli::tell`), with the word",
            "`pids` in it, and say nothing otherwise. `pids.events` has the count. Then put the line",
            "`extend::tell_of_refusals(&group)?;` where it belongs in stage.rs.",
        ],
        parts: &[Part::Body { file: "extend.rs", name: "tell_of_refusals", instead: None }],
        lines: &["extend::tell_of_refusals(&group)?;"],
        flags: &["--pids-limit", "20"],
        checks: &["refusals_are_told"],
        page: CH07,
        hints: [
            "memory::tell_of_kills does the same for memory. When is it called?",
            "group.find(Controller::Pids) has the folder; the line of pids.events is `max` and a number.",
            "sys::read, strip_prefix(\"max \"), and cli::tell if the number is not 0; after the end of the command.",
        ],
        note: "An engine would not wait for the end. How does one learn of a change in pids.events at once?",
    },
    Exercise {
        id: "8.1",
        title: "Another root",
        kind: Kind::Build,
        points: 3,
        task: &[
            "pivot: make `root` the root, the old one on top of it, held by a descriptor. detach: take it away.",
            "Then put these lines where they belong in stage.rs, in the right order: rootfs::mount, volumes::bind,",
            "rootfs::pivot, sysfs::mount, cgroupfs::mount, rootfs::detach, rootfs::make_read_only, rootfs::check_working_directory",
            "(the page has them as they are written). Read: pivot_root(2), with the example at its end.",
        ],
        parts: &[
            Part::Body { file: "rootfs.rs", name: "pivot", instead: None },
            Part::Body { file: "rootfs.rs", name: "detach", instead: None },
        ],
        lines: &[
            "let root = rootfs::mount(run.rootfs.as_deref())?;",
            "volumes::mount_tmpfs(&root, &run.tmpfs)?;",
            "volumes::bind(&root, &run.volume)?;",
            "let old_root = rootfs::pivot(&root)?;",
            "sysfs::mount(&old_root)?;",
            "cgroupfs::mount()?;",
            "rootfs::detach(old_root)?;",
            "rootfs::make_read_only(run.read_only)?;",
            "rootfs::check_working_directory()?;",
        ],
        flags: &[],
        checks: &["own_root", "read_host_file", "escape_chroot"],
        page: CH08,
        hints: [
            "Three things can only be done before the pivot, and two only before the old root is gone. Which?",
            "Volumes come from the host: before. /proc and /sys are mounted on the new root: after. An ordinary user \
             may mount them only while the old ones are there: before detach.",
            "pivot: sys::open_path(\"/\")?, sys::fchdir(root.descriptor())?, sys::pivot_root(\".\", \".\")?. detach: \
             sys::fchdir to the old one, sys::umount2(\".\", MntFlags::MNT_DETACH)?, sys::chdir(\"/\").",
        ],
        note: "`ls /..` inside, with and without detach.",
    },
    Exercise {
        id: "8.2",
        title: "Devices",
        kind: Kind::Build,
        points: 2,
        task: &[
            "Make /dev: a tmpfs with the devices of NODES, bound from the host's, the LINKS, and in it devpts,",
            "mqueue and shm. Then put the line `devices::make(&root)?;` where it belongs in stage.rs.",
            "Read: null(4), pts(4), and in root.rs what a Root can do.",
        ],
        parts: &[Part::Body { file: "devices.rs", name: "make", instead: None }],
        lines: &["devices::make(&root)?;"],
        flags: &[],
        checks: &["devices"],
        page: CH08,
        hints: [
            "Until when is the host's /dev there to bind from?",
            "root.mount makes the directory and mounts on it; root.make_file and Root::bind give a device a place; \
             root.make_link makes a link.",
            "Options: tmpfs mode=755,size=64k with MS_NOSUID; devpts newinstance,ptmxmode=0666,mode=0620 with MS_NOSUID \
             and MS_NOEXEC; mqueue none, shm mode=1777,size=64m, both with MS_NODEV as well.",
        ],
        note: "Why is /dev itself mounted without MS_NODEV, and /dev/shm with it?",
    },
    Exercise {
        id: "8.3",
        title: "Masks",
        kind: Kind::Build,
        points: 2,
        task: &[
            "Cover each path of MASKED that exists: a directory with an empty read-only tmpfs, a file with /dev/null.",
            "Make each path of READ_ONLY that exists read-only, and nothing else. Then put the line",
            "`masks::cover()?;` where it belongs in stage.rs. Read: proc(5), mount_setattr(2).",
        ],
        parts: &[Part::Body { file: "masks.rs", name: "cover", instead: None }],
        lines: &["masks::cover()?;"],
        flags: &[],
        checks: &["masked_paths", "kernel_settings"],
        page: CH08,
        hints: [
            "The paths are in the container's own /proc and /sys. When are those there?",
            "To be read-only is a property of a mount. So a path must be a mount first: bind it onto itself.",
            "sys::open_tree(path)?, sys::tree_setattr_readonly(&tree)?, sys::move_mount(&tree, &sys::open_path(path)?)?; \
             and sys::mount with MS_BIND from /dev/null for a masked file.",
        ],
        note: "`docker inspect` shows MaskedPaths and ReadonlyPaths. Which of ours does your Docker not have?",
    },
    Exercise {
        id: "8.4",
        title: "One device more",
        kind: Kind::Extend,
        points: 3,
        task: &[
            "Extend: `--device /dev/NAME`, as in Docker: a device of the host's, at the same path inside.",
            "Then put the line `extend::bind_devices(&root, &run.device)?;` where it belongs in stage.rs.",
            "Read: open_tree(2), move_mount(2), and in root.rs what a Root can do.",
        ],
        parts: &[Part::Body { file: "extend.rs", name: "bind_devices", instead: None }],
        lines: &["extend::bind_devices(&root, &run.device)?;"],
        flags: &["--device", "/dev/random"],
        checks: &["extra_device"],
        page: CH08,
        hints: [
            "It is what devices::make does for null and zero.",
            "A device is bound on a file. And the tmpfs of /dev must be there first.",
            "For each: Root::bind(device, &root.make_file(device)?, false)?, after devices::make and before the pivot.",
        ],
        note: "For `docker run --device` the control group `devices` must allow it as well. Why is that no matter here?",
    },
    Exercise {
        id: "9.1",
        title: "A stack of layers",
        kind: Kind::Build,
        points: 3,
        task: &[
            "Mount an overlay: `layers` on `root`, read-only, and what is written goes to `upper`, or to a new Root in",
            "memory. Its directories are called upper and work. Without layers and upper the root stays as it is.",
            "Then put `let root = layers::stack(root, &run.layer, run.upper.as_deref())?;` where it belongs in stage.rs.",
            "Read: overlayfs.rst in the kernel's documentation.",
        ],
        parts: &[Part::Body { file: "layers.rs", name: "stack", instead: Some("Ok(root)") }],
        lines: &["let root = layers::stack(root, &run.layer, run.upper.as_deref())?;"],
        flags: &["--layer", "/usr/lib"],
        checks: &["upper", "poison_image"],
        page: CH09,
        hints: [
            "Which of the directories that overlayfs takes does it write to?",
            "lower_first makes the option lowerdir; upperdir and workdir are two directories of one file system. Mount it on \
             `/`, as Root::cover does, and open the root at `/..`.",
            "sys::mount(Some(\"overlay\"), \"/\", Some(\"overlay\"), MS_NODEV, Some(options)), with `,userxattr` where \
             in_user_namespace says so; then Root::open(Path::new(\"/..\")) and carry_mounts.",
        ],
        note: "Start two containers with the same --upper. What does dmesg say?",
    },
    Exercise {
        id: "9.2",
        title: "The topmost first",
        kind: Kind::Build,
        points: 1,
        task: &[
            "The option lowerdir is a list of directories with colons between them, the topmost first. Here the last of",
            "`layers` is the topmost and `root` the lowest. Read: overlayfs.rst, \"Multiple lower layers\".",
        ],
        parts: &[Part::Body { file: "layers.rs", name: "lower_first", instead: Some("String::new()") }],
        lines: &[],
        flags: &["--layer", "/usr/lib", "--layer", "/usr/bin"],
        checks: &["layers"],
        page: CH09,
        hints: [
            "`docker history` shows an image's layers. In which order?",
            "layers.iter().rev(), and then the root.",
            "path_of(layer).display().to_string() for each, collected into a Vec and joined with \":\".",
        ],
        note: "How many layers does overlayfs take? Docker's limit was 127 for a long time: why?",
    },
    Exercise {
        id: "9.3",
        title: "What has changed",
        kind: Kind::Extend,
        points: 3,
        task: &[
            "Extend: `--diff` with --upper: after the end, tell (`cli::tell`) what has changed in the root, as `docker diff`:",
            "A for what is new, C for what is in a layer as well, D for what was removed; then the path inside. Then put",
            "`extend::tell_changes(run.diff, &run.layer, run.upper.as_deref())?;` where it belongs in stage.rs.",
        ],
        parts: &[Part::Body { file: "extend.rs", name: "tell_changes", instead: None }],
        lines: &["extend::tell_changes(run.diff, &run.layer, run.upper.as_deref())?;"],
        flags: &["--diff"],
        checks: &["diff"],
        page: CH09,
        hints: [
            "Everything that has changed is in DIR/upper. `ls -l` there after a container has removed a file.",
            "A removed file is a character device with the number 0:0, a whiteout.",
            "fs_err::read_dir, folder by folder; FileTypeExt::is_char_device and MetadataExt::rdev; and for C or A, whether \
             layer.join(path).symlink_metadata() is Ok for any layer.",
        ],
        note: "An image is made so: `docker commit` packs the upper directory, whiteouts as files called .wh.NAME.",
    },
    Exercise {
        id: "10.1",
        title: "Root inside",
        kind: Kind::Build,
        points: 3,
        task: &[
            "namespace: the flag of clone(2), if is_private(wanted)?; no more borrowed root, which has stood here so far.",
            "map_own_ids: say in three files of /proc/PID that root inside is this user outside, and his group likewise.",
            "Then put the lines `user_namespace::map_ids(run.userns, container.pid)?;` and",
            "`user_namespace::become_root()?;` where they belong in stage.rs. Read: user_namespaces(7).",
        ],
        parts: &[
            Part::Body {
                file: "user_namespace.rs",
                name: "namespace",
                instead: Some("rootless::borrow_root().map(|()| CloneFlags::empty())"),
            },
            Part::Body { file: "user_namespace.rs", name: "map_own_ids", instead: None },
        ],
        lines: &["user_namespace::map_ids(run.userns, container.pid)?;", "user_namespace::become_root()?;"],
        flags: &["--userns", "private"],
        checks: &["own_id", "root_inside"],
        page: CH10,
        hints: [
            "rootless.rs does the same to the parent itself. What does the parent lose by it, and who should be mapped \
             instead?",
            "A line of a map is the first id inside, the first outside, and how many. Before gid_map the kernel wants a word \
             in setgroups: user_namespaces(7) says which, and why.",
            "CLONE_NEWUSER. sys::write(file(container, \"setgroups\"), \"deny\")?, then \"0 UID 1\" to uid_map and \
             \"0 GID 1\" to gid_map. map_ids stands in the parent before `Proceed`, become_root in the child behind it.",
        ],
        note: "`cat /proc/PID/uid_map` outside, with the number of the container. Who may write to it a second time?",
    },
    Exercise {
        id: "10.2",
        title: "Another user",
        kind: Kind::Build,
        points: 2,
        task: &[
            "Leave all other groups, where /proc/self/setgroups says `allow`; then become `user`, if one is asked for.",
            "Then put two lines where they belong in stage.rs: `user::switch(run.user)?;`, and, behind everything by which",
            "the child changes its user, `process::die_with_parent_again(parent)?;`: it stands there twice.",
            "Read: setuid(2), setgroups(2), and what prctl(2) says of PR_SET_PDEATHSIG.",
        ],
        parts: &[Part::Body { file: "user.rs", name: "switch", instead: None }],
        lines: &["user::switch(run.user)?;", "process::die_with_parent_again(parent)?;"],
        flags: &["--user", "0:0"],
        checks: &["user_order", "user", "user_dies_with_runtime"],
        page: CH10,
        hints: [
            "Three calls, and each but the last must leave the power for the next. Which one takes it?",
            "sys::setgroups, sys::setgid, sys::setuid. It is the last that takes root's power, and what still needs that \
             comes before it in the stage.",
            "sys::setgroups(&[])?; then, with Some(User { uid, gid }), sys::setgid(Gid::from_raw(gid)) and \
             sys::setuid(Uid::from_raw(uid)), each with map_err(why_not)?. The lines come before close_descriptors; the \
             second of them behind become_root as well.",
        ],
        note: "As an ordinary user with one id `--user 1000` is EINVAL. What does /proc/self/uid_map say inside?",
    },
    Exercise {
        id: "10.3",
        title: "Ids on loan",
        kind: Kind::Build,
        points: 1,
        task: &[
            "Find in `text` the first range of this user, and give back its first id and how many. A line is",
            "NAME:FIRST:COUNT, or UID:FIRST:COUNT. What is no such line is passed over. map_ids of 10.1 asks for it.",
            "Read: subuid(5), newuidmap(1).",
        ],
        parts: &[Part::Body { file: "subordinate.rs", name: "range_of", instead: Some("None") }],
        lines: &[],
        flags: &[],
        checks: &["subordinate_ids"],
        page: CH10,
        hints: [
            "`cat /etc/subuid`. Whose are the ids of the first line?",
            "The first field is a name or a number: the whole field, not how it begins. `name` is None for a user who is not \
             in /etc/passwd.",
            "text.lines().find_map(|line| …): split at ':', collect three fields, compare the first with name and with \
             uid.to_string(), parse() the others.",
        ],
        note: "`podman unshare cat /proc/self/uid_map` shows what it has made of yours. What are the files of 1000 inside?",
    },
    Exercise {
        id: "10.4",
        title: "One's own number",
        kind: Kind::Extend,
        points: 3,
        task: &[
            "Extend: `--keep-id`, as Podman's `--userns keep-id`: the command has the caller's numbers inside as well, and none",
            "of root's power. One more user namespace does it, made in the child when all is set up. Then put",
            "`extend::keep_id(run.keep_id)?;` where it belongs in stage.rs. Read: user_namespaces(7) on nesting.",
        ],
        parts: &[Part::Body { file: "extend.rs", name: "keep_id", instead: None }],
        lines: &["extend::keep_id(run.keep_id)?;"],
        flags: &["--keep-id"],
        checks: &["keep_id"],
        page: CH10,
        hints: [
            "How does the child learn who it is outside? It is root, as far as it can see.",
            "The second number of its own uid_map. sys::unshare(CloneFlags::CLONE_NEWUSER) makes the namespace, and whoever \
             has made one may write his own map.",
            "Read /proc/self/uid_map and gid_map first. After unshare: \"deny\" to /proc/self/setgroups, \"CALLER 0 1\" to \
             uid_map, the same to gid_map. The line stands behind user::switch.",
        ],
        note: "bubblewrap does the same for `--uid`. How many user namespaces can be in each other?",
    },
    Exercise {
        id: "11.1",
        title: "The bounding set",
        kind: Kind::Build,
        points: 2,
        task: &[
            "Take everything that was not chosen out of the bounding set: `bounding_set`, below, tells what is in it.",
            "Then put the line `capabilities::bound(&capabilities)?;` where it belongs in stage.rs.",
            "Read: capabilities(7), \"Capability bounding set\", and what PR_CAPBSET_DROP(2const) takes.",
        ],
        parts: &[Part::Body { file: "capabilities.rs", name: "bound", instead: None }],
        lines: &["capabilities::bound(&capabilities)?;"],
        flags: &["--user", "0:0"],
        checks: &["bounding_set"],
        page: CH11,
        hints: [
            "Root gets all of the bounding set back at each execve. Who may take something out of it, and until when?",
            "It takes CAP_SETPCAP, which a change of user takes away. So it is the child who does it, when all is set up and \
             before he becomes somebody else.",
            "bounding_set()?.without(chosen.all).numbers(), collected into a Vec of u32; sys::prctl_capbset_drop_each takes them.",
        ],
        note: "`grep CapBnd /proc/self/status` inside, and capsh --decode= of it. In which containers of yours is bit 21 set?",
    },
    Exercise {
        id: "11.2",
        title: "The other sets",
        kind: Kind::Build,
        points: 3,
        task: &[
            "Have those capabilities that were chosen and no others, with capset(2). For root: `chosen.all`, and nothing is",
            "inheritable. For another user: those of `chosen.by_name`, in all three sets, and each of them ambient as well.",
            "Then put `capabilities::keep()?;` and `capabilities::limit(&capabilities)?;` where they belong in stage.rs: a change",
            "of user takes all capabilities, unless the first has been said before. Read: capabilities(7), \"Transformation of",
            "capabilities during execve\", and PR_SET_KEEPCAPS(2const).",
        ],
        parts: &[Part::Body { file: "capabilities.rs", name: "limit", instead: None }],
        lines: &["capabilities::keep()?;", "capabilities::limit(&capabilities)?;"],
        flags: &["--user", "0:0"],
        checks: &["limited_sets", "added_for_user"],
        page: CH11,
        hints: [
            "The bounding set says what root is given at an execve. What else comes through an execve, and who has set it?",
            "What the caller had in his inheritable set, root gets beside the bounding set. A user who is not root gets the \
             ambient set, and a capability can only be ambient if it is permitted and inheritable.",
            "sys::capset(CapabilitySets { effective, permitted, inheritable }) takes the bits, chosen.all.0; then \
             sys::prctl_cap_ambient_raise for each of numbers(). Uid::effective().is_root() tells who we are: after user::switch.",
        ],
        note: "CVE-2022-24769: which of the three numbers was wrong in Docker, and why did nobody notice for years?",
    },
    Exercise {
        id: "11.3",
        title: "No new privileges",
        kind: Kind::Build,
        points: 1,
        task: &[
            "Promise the kernel that no program gives this process more than it has.",
            "Then put the line `no_new_privs::set()?;` where it belongs in stage.rs.",
            "Read: PR_SET_NO_NEW_PRIVS(2const), and in execve(2) what a set-user-ID program does.",
        ],
        parts: &[Part::Body { file: "no_new_privs.rs", name: "set", instead: None }],
        lines: &["no_new_privs::set()?;"],
        flags: &[],
        checks: &["no_new_privs"],
        page: CH11,
        hints: [
            "`su` in a container: what makes root of a user there, and which system call is it that does so?",
            "It is one bit, and one call, prctl(2). Children inherit it, nobody can take it back.",
            "sys::prctl_set_no_new_privs(), in the child; the line comes after user::switch and before exec.",
        ],
        note: "`sudo true` in a Docker container with --security-opt no-new-privileges. Why is that not Docker's default?",
    },
    Exercise {
        id: "11.4",
        title: "Root is nobody special",
        kind: Kind::Extend,
        points: 3,
        task: &[
            "Extend: `--noroot`, as systemd's `SecureBits=noroot`: at an execve the kernel gives root nothing for being root,",
            "whatever the bounding set has, and nobody in there can take that back. Then put the line",
            "`extend::set_noroot(run.noroot)?;` where it belongs in stage.rs. Read: capabilities(7) on securebits.",
        ],
        parts: &[Part::Body { file: "extend.rs", name: "set_noroot", instead: None }],
        lines: &["extend::set_noroot(run.noroot)?;"],
        flags: &["--noroot", "--cap-drop", "SETPCAP"],
        checks: &["noroot"],
        page: CH11,
        hints: [
            "The kernel treats user 0 specially in three places, and each can be switched off with a bit. Which is the one at execve?",
            "SECBIT_NOROOT, and a second bit that locks it. Who may set them? Think of somebody who drops SETPCAP.",
            "sys::prctl_set_securebits(libc::SECBIT_NOROOT | libc::SECBIT_NOROOT_LOCKED), if wanted; in the child, before \
             capabilities::limit.",
        ],
        note: "`setpriv --securebits +noroot cat /proc/self/status` as root: four of five sets are as before. Which one is not?",
    },
    Exercise {
        id: "12.1",
        title: "Load the filter",
        kind: Kind::Build,
        points: 2,
        task: &[
            "Give the kernel all programs of the filter, in their order. If refusals are to be reported, load_and_report does it.",
            "Then put the line `seccomp::load(&filter, run.report_refusals, parent)?;` where it belongs in stage.rs.",
            "Read: seccomp(2), SECCOMP_SET_MODE_FILTER, and what it says of no_new_privs.",
        ],
        parts: &[Part::Body { file: "seccomp.rs", name: "load", instead: None }],
        lines: &["seccomp::load(&filter, run.report_refusals, parent)?;"],
        flags: &[],
        checks: &["seccomp_filter", "refused_calls", "filter_is_last"],
        page: CH12,
        hints: [
            "From the moment when it is loaded, the filter decides over your own calls as well. Which of them must it still allow?",
            "Only execve. So nothing comes between it and the end; and no_new_privs comes before, or the kernel says EACCES.",
            "if report { return load_and_report(filter, parent); }, then sys::seccomp_set_mode_filter(program) for each of \
             filter.programs; the line stands just before process::exec.",
        ],
        note: "`cargo run -p exercises -- run --report-refusals -- PROGRAM`, with programs that you use every day.",
    },
    Exercise {
        id: "12.2",
        title: "Where a rule counts",
        kind: Kind::Build,
        points: 2,
        task: &[
            "A rule of Docker's form counts where all of its `includes` is so, and not where any of its `excludes` is.",
            "all: each of `caps` is among target.held, one of `arches` is the target's, its kernel is no older. What is not said",
            "does not matter. any: one of these is so, and what is not said is not so.",
        ],
        parts: &[
            Part::Body { file: "profile.rs", name: "all", instead: Some("self.caps.is_empty()") },
            Part::Body { file: "profile.rs", name: "any", instead: Some("false") },
        ],
        lines: &[],
        flags: &["--cap-add", "SYS_ADMIN"],
        checks: &["profile_conditions", "capability_opens"],
        page: CH12,
        hints: [
            "default.json has a rule for clone3 with `excludes`, and one with `includes` that names it again. What is meant?",
            "An empty list of capabilities is no condition: then all is true, and any is false. Only with `arches` empty must \
             all look twice.",
            "all: self.caps.iter().all(|name| target.held.contains(&name.as_str())) && (self.arches.is_empty() || \
             self.has_architecture(target)) && self.min_kernel.is_none_or(|oldest| target.kernel >= oldest). any: the same with \
             any, || and is_some_and.",
        ],
        note: "`minicontainer seccomp --cap-add SYS_ADMIN` beside the same without. How many calls does one capability open?",
    },
    Exercise {
        id: "12.3",
        title: "A blocklist",
        kind: Kind::Extend,
        points: 3,
        task: &[
            "Extend: `--block mount,unshare` refuses the calls that it names, with EPERM, and no others: a second filter beside",
            "the first. A name that the architecture does not have is an error. `load`, below, compiles and loads it.",
            "Then put the line `extend::block(&run.block)?;` where it belongs in stage.rs.",
            "Read: seccompiler's SeccompFilter::new, and seccomp(2) on several filters.",
        ],
        parts: &[Part::Body { file: "extend.rs", name: "block", instead: None }],
        lines: &["extend::block(&run.block)?;"],
        flags: &["--security-opt", "seccomp=unconfined", "--block", "mount,keyctl,unshare"],
        checks: &["blocklist"],
        page: CH12,
        hints: [
            "A filter knows no names. What has it instead, and which unit has the table?",
            "SeccompFilter::new takes a BTreeMap of numbers, what to do with all other calls, what to do with these, and the \
             architecture. An empty list of conditions fits always.",
            "Architecture::native()?.calls().get(name) is the number; rules.insert(i64::from(number), vec![]); the two actions \
             are SeccompAction::Allow and SeccompAction::Errno(libc::EPERM.unsigned_abs()). The line comes behind no_new_privs.",
        ],
        note: "Block mount, and call move_mount or fsmount inside. What would the list have to be, and how long would it be right?",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_in_order_and_unique() {
        let number =
            |exercise: &Exercise| exercise.id.split_once('.').and_then(|(_, number)| number.parse().ok());
        let ids: Vec<(u8, Option<u8>)> =
            EXERCISES.iter().map(|exercise| (exercise.chapter(), number(exercise))).collect();
        let mut sorted = ids.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(ids, sorted);
    }
}
