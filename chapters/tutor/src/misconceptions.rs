//! Mistakes that people really make, and how each of them shows.
//!
//! A rule looks at what was observed and at the calls that were really made, never at the student's text.
//! For each there is a wrong answer in `exercises/wrong/`, and a test that this rule, and no other,
//! recognises it.

use sys::Side::{Child, Parent};

use crate::{Evidence, Exercise};

/// One mistake.
pub struct Misconception {
    /// The exercise in which it is made.
    pub exercise: &'static str,
    /// Its name: the wrong answer is `exercises/wrong/EXERCISE-NAME.rs`.
    pub name: &'static str,
    /// What is said to the student.
    pub says: &'static str,
    shows: fn(&Evidence) -> bool,
}

impl std::fmt::Debug for Misconception {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.exercise, self.name)
    }
}

/// The mistake in `exercise` that `evidence` shows, if it is a known one.
pub(crate) fn recognise(exercise: &Exercise, evidence: &Evidence) -> Option<&'static Misconception> {
    let of_exercise = MISCONCEPTIONS.iter().filter(|mistake| mistake.exercise == exercise.id);
    of_exercise.into_iter().find(|mistake| (mistake.shows)(evidence))
}

/// Whether clone was called without `flag`.
fn clone_lacks(evidence: &Evidence, flag: &str) -> bool {
    !evidence.calls(Parent).iter().any(|call| call.starts_with("clone3(") && call.contains(flag))
}

/// A row of [`MISCONCEPTIONS`].
macro_rules! mistake {
    ($exercise:literal $name:literal, $says:literal, $shows:expr) => {
        Misconception { exercise: $exercise, name: $name, says: $says, shows: $shows }
    };
}

/// What is said of an exercise that cannot be judged as long as another one is wrong.
pub(crate) const FOLLOWS_FROM_MOUNTS: Misconception = Misconception {
    exercise: "4.1",
    name: "proc-covered",
    says: "This may be right: your container's /proc came to lie over the host's, through which all of this is \
           observed. Its mounts are not cut off from the host's: that is exercise 4.1, begin there.",
    shows: |_| false,
};

/// All known mistakes.
pub const MISCONCEPTIONS: &[Misconception] = &[
    mistake!("1.1" "inherits-everything",
        "The caller's variables are all still there, a password among them. Begin with an empty environment, \
         not with the one you have.",
        |e| e.observed("surroundings").contains("SECRET")),
    mistake!("1.1" "given-forgotten",
        "The environment is clean, but the variables of --env are missing: `given` is not in the result.",
        |e| e.observed("surroundings").contains("GREETING: None")),
    mistake!("1.1" "no-path",
        "Without a PATH no command is found by its name. A clean environment is not an empty one.",
        |e| e.observed("surroundings").contains("PATH is set: false")),
    mistake!("1.2" "closes-standard-streams",
        "Descriptors 0, 1 and 2 are closed too, so the command can neither read nor write. Begin at 3.",
        |e| (0..3).any(|first| e.called(Child, &format!("close_range({first},")))),
    mistake!("1.2" "begins-too-late",
        "Only high numbers are closed. The kernel gives the lowest free number to each file that is opened: \
         the caller's files begin at 3.",
        |e| e.called(Child, "close_range(") && !e.called(Child, "close_range(3,")),
    mistake!("1.2" "in-the-parent",
        "The parent closes its own files, but the child has copies of them since clone. Each process has its own \
         table of descriptors: the line belongs into the child.",
        |e| e.called(Parent, "close_range(")),
    mistake!("1.2" "line-forgotten",
        "close_range is never called: stage.rs has no line `process::close_descriptors()?;`.",
        |e| !e.called(Child, "close_range(")),
    mistake!("1.3" "mask-only",
        "Nothing is blocked, but signals that the caller ignored are still ignored: execve(2) keeps that too. \
         An ignored signal and a blocked one are different things.",
        |e| e.called(Child, "sigprocmask(") && !e.called(Child, "sigaction(")),
    mistake!("1.3" "in-the-parent",
        "The parent resets its own signals, after the child has got its copy of them. The line belongs into the child.",
        |e| e.called(Parent, "sigaction(")),
    mistake!("1.3" "line-forgotten",
        "Neither sigaction nor sigprocmask is called: stage.rs has no line `signals::reset()?;`.",
        |e| !e.called(Child, "sigaction(")),
    mistake!("1.4" "signal-that-can-be-ignored",
        "The command may catch or ignore this signal, and a PID 1 without a handler never gets it. Only SIGKILL \
         cannot be refused.",
        |e| e.called(Child, "PR_SET_PDEATHSIG") && !e.called(Child, "PR_SET_PDEATHSIG, SIGKILL")),
    mistake!("1.4" "in-the-parent",
        "The parent asks to die with *its* parent, the shell. The process that shall die with the runtime has to ask \
         for itself: the line belongs into the child.",
        |e| e.called(Parent, "PR_SET_PDEATHSIG")),
    mistake!("1.4" "line-forgotten",
        "prctl is never called: stage.rs has no line `process::die_with_parent()?;`.",
        |e| !e.called(Child, "PR_SET_PDEATHSIG")),
    mistake!("1.5" "in-the-parent",
        "The parent limits itself, when the child has already got its copy of the limits. The line belongs into the child.",
        |e| e.called(Parent, "setrlimit(")),
    mistake!("1.5" "wrong-resource",
        "A limit is set, but not the one on open files: nofile is RLIMIT_NOFILE.",
        |e| e.called(Child, "setrlimit(") && !e.called(Child, "setrlimit(RLIMIT_NOFILE")),
    mistake!("1.5" "line-forgotten",
        "setrlimit is never called: stage.rs has no line `extend::set_ulimits(&run.ulimit)?;`.",
        |e| !e.called(Child, "setrlimit(")),
    mistake!("2.1" "uts-only",
        "The hostname is its own, but shared memory, semaphores and message queues are still the host's. They have a \
         namespace beside UTS: IPC.",
        |e| !clone_lacks(e, "CLONE_NEWUTS") && clone_lacks(e, "CLONE_NEWIPC")),
    mistake!("2.1" "ipc-only",
        "IPC is its own, but the hostname is the host's: the flag for it is called after uname's \"UNIX time-sharing \
         system\", CLONE_NEWUTS.",
        |e| clone_lacks(e, "CLONE_NEWUTS") && !clone_lacks(e, "CLONE_NEWIPC")),
    mistake!("2.1" "line-forgotten",
        "clone is called without CLONE_NEWUTS and CLONE_NEWIPC: the array in stage.rs has no `hostname::NAMESPACES,`.",
        |e| clone_lacks(e, "CLONE_NEWUTS") && clone_lacks(e, "CLONE_NEWIPC")),
    mistake!("2.2" "in-the-parent",
        "The parent called sethostname, and the parent is not in the new namespace: that renamed the machine. (Inside \
         the fence it was only the fence.) The line belongs into the child.",
        |e| e.called(Parent, "sethostname(")),
    mistake!("2.2" "line-forgotten",
        "sethostname is never called, so the container has the host's name: stage.rs has no line \
         `hostname::set(&run.hostname)?;`.",
        |e| !e.called(Child, "sethostname(")),
    mistake!("2.2" "name-ignored",
        "The container has a name, but not the one that --hostname asked for: `name` is what to set.",
        |e| e.called(Child, "sethostname(") && !e.observed("own_hostname").contains("inside: box")),
    mistake!("2.3" "in-the-parent",
        "The parent called setdomainname, and the parent is in the host's UTS namespace. The line belongs into the child.",
        |e| e.called(Parent, "setdomainname(")),
    mistake!("2.3" "hostname-instead",
        "The domain name went into the hostname: they are two names, with two calls.",
        |e| e.called(Child, "sethostname(\"example.org\"")),
    mistake!("2.3" "line-forgotten",
        "setdomainname is never called: stage.rs has no line `extend::set_domainname(run.domainname.as_deref())?;`.",
        |e| !e.called(Child, "setdomainname(")),
    mistake!("3.1" "unshare-in-the-child",
        "The child calls unshare(CLONE_NEWPID), and keeps its number: a process keeps its PID for life. unshare moves \
         only the children that it has later. Make it a flag of clone.",
        |e| e.called(Child, "unshare(CLONE_NEWPID")),
    mistake!("3.1" "unshare-in-the-parent",
        "The parent calls unshare(CLONE_NEWPID) when the child is already born, and only later children would be in the \
         new namespace. Make it a flag of clone.",
        |e| e.called(Parent, "unshare(CLONE_NEWPID")),
    mistake!("3.1" "line-forgotten",
        "clone is called without CLONE_NEWPID: the array in stage.rs has no `pid_namespace::NAMESPACE,`.",
        |e| clone_lacks(e, "CLONE_NEWPID")),
    mistake!("3.2" "blocked-forgotten",
        "A command that blocks a signal to wait for it (sigwait, signalfd) was killed. It is ready for the signal: look \
         at SigBlk as well as at SigCgt and SigIgn.",
        |e| e.passes("pid_1_default_action") && e.passes("pid_1_handler") && !e.passes("signal_forwarding")),
    mistake!("3.2" "one-bit-off",
        "Commands that were ready for the signal were killed, as if the mask spoke of another one. Signals begin at 1 and \
         bits at 0: signal n is bit n - 1.",
        |e| e.passes("pid_1_default_action") && !e.passes("pid_1_handler")),
    mistake!("3.2" "not-hexadecimal",
        "A command without a handler goes on after SIGTERM: the masks were not understood. They are hexadecimal numbers, \
         without 0x in front.",
        |e| !e.passes("pid_1_default_action")),
    mistake!("3.3" "own-number",
        "That is the number of the runtime, not of the command: std::process::id() tells one's own.",
        |e| e.observed("pid_file").contains("the runtime's")),
    mistake!("3.3" "number-inside",
        "1 is what the command calls itself. Outside it has another number, and that is the one which the host can use.",
        |e| e.observed("pid_file") == "\"1\""),
    mistake!("3.3" "line-forgotten",
        "No file was written: stage.rs has no line `extend::write_pid_file(run.pid_file.as_deref(), container.pid)?;`.",
        |e| e.observed("pid_file").contains("nothing")),
    mistake!("4.1" "no-namespace",
        "clone is called without CLONE_NEWNS, so the child works on the host's own mount table: the array in stage.rs has \
         no `mounts::NAMESPACE,`.",
        |e| clone_lacks(e, "CLONE_NEWNS")),
    mistake!("4.1" "slave",
        "MS_SLAVE cuts only one direction: what the host mounts later still appears inside. MS_PRIVATE cuts both.",
        |e| e.called(Child, "MS_SLAVE")),
    mistake!("4.1" "not-recursive",
        "Only \"/\" itself was made private; every mount below it is still shared with the host. MS_REC means them all.",
        |e| e.called(Child, "MS_PRIVATE") && !e.called(Child, "MS_REC|MS_PRIVATE") && !e.called(Child, "MS_PRIVATE|MS_REC")),
    mistake!("4.1" "line-forgotten",
        "The child has a copy of the mount table, but a shared mount's copies tell each other everything: stage.rs has no \
         line `mounts::make_private()?;`.",
        |e| !e.called(Child, "MS_PRIVATE")),
    mistake!("4.2" "in-the-parent",
        "The parent mounts proc, and a procfs shows the PID namespace of whoever mounted it: the host's. Worse, it covers \
         the host's own /proc. The line belongs into the child.",
        |e| e.called(Parent, "mount(\"proc\"")),
    mistake!("4.2" "bind-mount",
        "A bind mount shows the same old procfs once more, in the same place. Mount a new one: file system type proc.",
        |e| e.called(Child, "MS_BIND")),
    mistake!("4.2" "no-flags",
        "The new /proc works, but allows set-user-ID programs, devices and programs. Nobody needs them there: MS_NOSUID, \
         MS_NODEV, MS_NOEXEC.",
        |e| e.passes("own_proc") && !e.passes("proc_flags")),
    mistake!("4.2" "line-forgotten",
        "No proc is mounted, so /proc still shows what it showed: stage.rs has no line `mounts::mount_proc()?;`.",
        |e| !e.called(Child, "\"proc\"")),
    mistake!("4.3" "in-the-parent",
        "The parent mounts it, so the host has it: its files are covered, and a mount is left behind. The line belongs into \
         the child.",
        |e| e.called(Parent, "mount(\"tmpfs\"")),
    mistake!("4.3" "no-flags",
        "An empty place that anybody can write to needs no set-user-ID programs, devices and programs: MS_NOSUID, MS_NODEV, \
         MS_NOEXEC.",
        |e| e.called(Child, "mount(\"tmpfs\"") && e.observed("own_tmpfs").contains("nosuid")),
    mistake!("4.3" "line-forgotten",
        "No tmpfs is mounted: stage.rs has no line `extend::mount_tmpfs(&run.tmpfs)?;`.",
        |e| !e.called(Child, "\"tmpfs\"")),
];
