//! The scene: what a check or an attack works with, inside the fence.

use std::{
    ffi::OsString,
    fmt,
    io::{BufRead, BufReader, Read, Write},
    os::{
        fd::AsFd,
        unix::process::{CommandExt, ExitStatusExt},
    },
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio},
    sync::LazyLock,
    time::{Duration, Instant},
};

use nix::{
    fcntl::{FcntlArg, OFlag, fcntl},
    poll::{PollFd, PollFlags, PollTimeout, poll},
};
use sys::{Gid, MsFlags, Pid, Side, Signal, Uid};

use crate::{PROBE, Subject, User, fence, probe::Report, subject::Request};

/// How long to wait for something that a healthy machine does in milliseconds.
/// In user-mode Linux they become seconds when its host is busy: each page that a process touches costs several
/// switches between processes of the host.
pub(crate) fn patience() -> Duration {
    static PATIENCE: LazyLock<Duration> =
        LazyLock::new(|| Duration::from_secs(if sys::in_user_mode_linux() { 20 } else { 4 }));
    *PATIENCE
}

/// Why there is no observation.
pub enum Stop {
    /// Something is missing on this machine.
    CouldNotRun(String),
    /// This subject does not do such a thing for this user, by its own choice.
    DoesNotApply(String),
    /// The subject did not get so far; what it said is the observation.
    Failed(String),
}

impl From<sys::Error> for Stop {
    fn from(error: sys::Error) -> Stop {
        Stop::Failed(error.to_string())
    }
}

impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Stop {
        Stop::Failed(error.to_string())
    }
}

/// Stands below what `--explain` showed, where the runtime has printed something to standard output, which is the command's.
pub const PRINTED: &str = "the runtime has printed to standard output";

/// Who an ordinary user is in root's fence. In his own he is himself.
const ORDINARY: u32 = 1000;

/// A subject and a folder that is visible under the same path inside and outside of its containers.
pub struct Scene<'a> {
    /// The runtime that is examined.
    pub subject: &'a Subject,
    /// The only place in the fence that can be written to.
    pub folder: &'a Path,
    /// Whether an ordinary user calls the subject, even in root's fence.
    pub(crate) ordinary: bool,
    host_pid_namespace: &'a Path,
    groups: &'a [PathBuf],
}

impl<'a> Scene<'a> {
    pub(crate) fn new(
        subject: &'a Subject,
        folder: &'a Path,
        host_pid_namespace: &'a Path,
        groups: &'a [PathBuf],
    ) -> Scene<'a> {
        Scene { subject, folder, ordinary: false, host_pid_namespace, groups }
    }

    /// For checks that are about control groups: they could not run where nobody may make one.
    pub(crate) fn needs_groups(&self) -> Result<(), Stop> {
        let is_crun = matches!(self.subject, Subject::Oci { name } if name == "crun");
        if is_crun && User::current() == User::Ordinary {
            return Err(Stop::DoesNotApply(
                "crun makes no groups for an ordinary user unless systemd does it for crun".to_owned(),
            ));
        }
        let engine_as_root = self.subject.needs_real_root() && User::current() == User::Root;
        if engine_as_root || !self.groups.is_empty() {
            return Ok(());
        }
        Err(Stop::CouldNotRun(
            "this user may make no control groups here (minicontainer doctor says why); it works as root, \
             in the lab (minicontainer lab), and with systemd: systemd-run --user --scope -p Delegate=yes COMMAND"
                .to_owned(),
        ))
    }

    /// For checks that are about an ordinary user: they could not run where he may make no user namespace. That his
    /// own fence is there shows that he may; in root's it is tried.
    pub(crate) fn needs_ordinary_user(&self) -> Result<(), Stop> {
        let words = probe(["make-user-namespace"])?;
        let mut attempt = Command::new(&words[0]);
        self.let_the_caller_call(attempt.args(&words[1..]));
        if User::current() == User::Ordinary || attempt.output().is_ok_and(|said| said.status.success()) {
            return Ok(());
        }
        Err(Stop::CouldNotRun(
            "an ordinary user may make no user namespaces here (minicontainer doctor says why)".to_owned(),
        ))
    }

    /// The user and the group of whoever calls the subject.
    pub(crate) fn caller(&self) -> (u32, u32) {
        match (self.ordinary, User::current()) {
            (true, User::Root) => (ORDINARY, ORDINARY),
            _ => (Uid::effective().as_raw(), Gid::effective().as_raw()),
        }
    }

    fn let_the_caller_call(&self, command: &mut Command) {
        if self.ordinary && User::current() == User::Root {
            command.uid(ORDINARY).gid(ORDINARY); // and without root's other groups
        }
    }

    /// The fence's own group of the controller memory.
    pub(crate) fn memory_group(&self) -> Result<&Path, Stop> {
        let has_memory = |group: &&PathBuf| {
            ["memory.max", "memory.limit_in_bytes"].iter().any(|file| group.join(file).exists())
        };
        let found = self.groups.iter().find(has_memory).map(PathBuf::as_path);
        found.ok_or_else(|| {
            Stop::CouldNotRun("the fence has no control group with the controller memory".into())
        })
    }

    /// Start `request` from within the control group `group` and run it to its end.
    pub(crate) fn run_in_group(&self, request: &Request, group: &Path) -> Result<Ended, Stop> {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "echo $$ > \"$0\" && exec \"$@\""]).arg(group.join("cgroup.procs"));
        self.append(&mut command, request)?;
        Ended::of(&mut command)
    }

    /// The command line of `request` as the last words of `command`, which is to start it.
    pub(crate) fn append(&self, command: &mut Command, request: &Request) -> Result<(), Stop> {
        let subject = self.subject.command(request, self.folder)?;
        command.arg(subject.get_program());
        pass_on(command, &subject);
        Ok(())
    }

    /// The command that lets the probe attack. It refuses where it finds itself in the host's PID namespace.
    pub(crate) fn attacker(&self, name: &str, arguments: &[&str]) -> Result<Request, Stop> {
        let host = self.host_pid_namespace.to_string_lossy();
        let action = [&["attack", &host, name], arguments].concat();
        Ok(Request { command: probe(action)?, ..Request::default() })
    }

    /// Run `request` in a container to its end.
    pub(crate) fn run(&self, request: &Request) -> Result<Ended, Stop> {
        self.run_with(request, |_| {})
    }

    /// The same, with a caller prepared by `prepare`.
    pub(crate) fn run_with(
        &self,
        request: &Request,
        prepare: impl FnOnce(&mut Command),
    ) -> Result<Ended, Stop> {
        let mut command = self.subject.command(request, self.folder)?;
        self.let_the_caller_call(&mut command);
        prepare(&mut command);
        Ended::of(&mut command)
    }

    /// The file of the subject's program.
    pub(crate) fn program(&self) -> Result<PathBuf, Stop> {
        // Asked for a whole command line, because only that is said for every kind of subject.
        let command = self
            .subject
            .command(&Request { command: probe(["report"])?, ..Request::default() }, self.folder)?;
        Ok(command.get_program().into())
    }

    /// Run `request` to its end with `program`, a copy of the subject's.
    pub(crate) fn run_copy(&self, request: &Request, program: &Path) -> Result<Ended, Stop> {
        let subject = self.subject.command(request, self.folder)?;
        let mut command = Command::new(program);
        pass_on(&mut command, &subject);
        Ended::of(&mut command)
    }

    /// What the subject says with `--explain` and `flags`, each call on a line of its own. Of one that does not end, what it
    /// has said until then.
    pub(crate) fn explain(&self, flags: &[String]) -> Result<String, Stop> {
        let flags = flags.iter().map(Into::into).collect();
        let request = Request { explain: true, flags, command: vec!["true".into()], ..Request::default() };
        let mut command = self.subject.command(&request, self.folder)?;
        self.let_the_caller_call(&mut command);
        command.env("COLUMNS", "1500"); // wide: each call on one row
        let files = ["explained", "printed"].map(|name| self.folder.join(name));
        let [explained, printed] = [fs_err::File::create(&files[0])?, fs_err::File::create(&files[1])?];
        command.stdin(Stdio::null()).stdout(printed.into_file()).stderr(explained.into_file());
        let mut subject = command.spawn()?;
        let patience = 2 * patience();
        let ends = fence::wait_until(Instant::now() + patience, || Ok(subject.try_wait()?.is_some()))?;
        if !ends {
            subject.kill()?;
            subject.wait()?;
        }
        let [explained, printed] = [fs_err::read(&files[0])?, fs_err::read(&files[1])?];
        let mut explained = String::from_utf8_lossy(&explained).into_owned();
        if !ends {
            explained += &format!("\n{} {} s", fence::NO_END, patience.as_secs());
        }
        // The command, true, prints nothing.
        Ok(if printed.is_empty() { explained } else { format!("{explained}\n{PRINTED}") })
    }

    /// The same, called by somebody who ignores signals: nohup does, and so do shell scripts.
    pub(crate) fn run_ignoring_signals(&self, request: &Request) -> Result<Ended, Stop> {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "trap '' HUP PIPE TTOU XFSZ 64; exec \"$@\"", "sh"]);
        self.append(&mut command, request)?;
        Ended::of(&mut command)
    }

    /// The same, called by somebody who blocks some: whoever waits for signals in a thread of its own does so.
    pub(crate) fn run_blocking_signals(&self, request: &Request) -> Result<Ended, Stop> {
        let words = probe(["block-signals"])?; // Command lets all signals through, and shells may
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]);
        self.append(&mut command, request)?;
        Ended::of(&mut command)
    }

    /// The calls that the child makes with `flags`, up to the start of the command.
    pub(crate) fn calls_of_child(&self, flags: &[&str]) -> Result<Vec<String>, Stop> {
        let explained = self.explain(&flags.iter().map(|&flag| flag.to_owned()).collect::<Vec<_>>())?;
        let calls = calls(&explained, Side::Child);
        if calls.iter().any(|call| call.starts_with("execve(")) {
            return Ok(calls.into_iter().map(str::to_owned).collect());
        }
        Err(Stop::Failed(format!("the command was not started: {}", said_beside(&explained))))
    }

    /// Run the probe with `request`'s surroundings and have it report what is true there.
    pub(crate) fn report(&self, request: Request) -> Result<Report, Stop> {
        let request = Request { command: probe(["report"])?, ..request };
        self.run(&request)?.report()
    }

    /// Start `request` in a container and leave it running.
    pub(crate) fn start(&self, request: &Request) -> Result<Running, Stop> {
        let mut command = self.subject.command(request, self.folder)?;
        self.let_the_caller_call(&mut command);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Stop::Failed("the subject was started without pipes".into()));
        };
        Ok(Running { child, stdin, stdout: BufReader::new(stdout) })
    }
}

/// The calls that one side really made, in their order, as `--explain` showed them. A failure that one side tells the other
/// is left out: it names the call that failed, which the side that is told has not made.
pub fn calls(explained: &str, side: Side) -> Vec<&str> {
    let column = if side == Side::Parent { 1 } else { 2 };
    let cells = explained.lines().filter_map(|line| line.split('│').nth(column)).map(str::trim);
    cells.filter(|cell| cell.contains('(') && !cell.contains("{\"Failed\":")).collect()
}

/// What the runtime said that is no call.
pub(crate) fn said_beside(explained: &str) -> String {
    explained.lines().filter(|line| !line.contains('│')).collect::<Vec<_>>().join("\n")
}

/// Give `command` the arguments and variables of `subject`.
fn pass_on(command: &mut Command, subject: &Command) {
    command.args(subject.get_args());
    command.envs(subject.get_envs().filter_map(|(name, value)| Some((name, value?))));
}

/// The command that lets the probe do `action`, for use in a [`Request`].
pub(crate) fn probe<S: Into<OsString>>(action: impl IntoIterator<Item = S>) -> Result<Vec<OsString>, Stop> {
    let program = std::env::current_exe()?;
    let words = [program.into_os_string(), PROBE.into()].into_iter();
    Ok(words.chain(action.into_iter().map(Into::into)).collect())
}

/// Start a process beside the container, on what the subject sees as the host.
pub(crate) fn start_neighbour(marker: &str) -> Result<Pid, Stop> {
    let words = probe(["sleep", marker])?;
    Command::new(&words[0]).args(&words[1..]).stdin(Stdio::null()).stdout(Stdio::null()).spawn()?;
    let mut found = None;
    fence::wait_until(Instant::now() + patience(), || {
        found = find(marker);
        Ok(found.is_some())
    })?;
    found.ok_or_else(|| Stop::Failed(format!("the neighbour {marker:?} was not started")))
}

/// Wait until `file` has some text; nothing if it never has.
pub(crate) fn wait_for_text(file: &Path) -> Result<String, Stop> {
    let mut text = String::new();
    fence::wait_until(Instant::now() + patience() / 4, || {
        text = fs_err::read_to_string(file).unwrap_or_default();
        Ok(!text.is_empty())
    })?;
    Ok(text)
}

/// Give the probe with `marker` time to end; whether it did.
pub(crate) fn is_gone(marker: &str) -> Result<bool, Stop> {
    Ok(fence::wait_until(Instant::now() + patience() / 4, || Ok(find(marker).is_none()))?)
}

/// Whether it runs now.
pub(crate) fn is_there(marker: &str) -> bool {
    find(marker).is_some()
}

/// The probe with `marker` among its arguments, as the fence's `/proc` shows it. The runtime has the
/// same words on its own command line, but not in this place; and a zombie is gone.
fn find(marker: &str) -> Option<Pid> {
    crate::probe::processes()
        .into_iter()
        .find(|pid| {
            let words = crate::probe::command_line(*pid);
            words.get(1).is_some_and(|word| word == PROBE)
                && words.iter().any(|word| word == marker)
                && !is_zombie(*pid)
        })
        .map(Pid::from_raw)
}

fn is_zombie(pid: i32) -> bool {
    let stat = fs_err::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit(") ").next().is_none_or(|rest| rest.starts_with('Z'))
}

/// A subject that has ended.
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.status.code(), self.status.signal()) {
            (Some(code), _) => write!(f, "exit code {code}"),
            (None, signal) => write!(f, "killed by signal {}", signal.unwrap_or_default()),
        }
    }
}

impl Ended {
    fn of(command: &mut Command) -> Result<Ended, Stop> {
        let output = command.stdin(Stdio::null()).output()?;
        Ok(Ended {
            status: output.status,
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }

    /// What one that failed complained of on stderr, on lines of its own. What is said there beside good work does no harm.
    pub(crate) fn complaint(&self) -> String {
        let text = self.stderr.trim_end();
        if text.is_empty() || self.status.success() { String::new() } else { format!("\n{text}") }
    }

    /// Whether a program in Rust gave up in the middle of its work.
    pub(crate) fn panics(&self) -> bool {
        self.stderr.contains(" panicked at ")
    }

    /// The report that the probe printed.
    pub(crate) fn report(&self) -> Result<Report, Stop> {
        self.json()
    }

    /// What the probe printed as JSON; where it did not, what the runtime said instead.
    pub(crate) fn json<T: serde::de::DeserializeOwned>(&self) -> Result<T, Stop> {
        serde_json::from_str(&self.stdout).map_err(|_| {
            Stop::Failed(format!("no answer from inside, {self}: {}{}", self.stdout, self.stderr))
        })
    }
}

/// A subject that runs.
pub(crate) struct Running {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

impl Running {
    /// Wait for the next line from inside.
    pub(crate) fn line(&mut self) -> Result<String, Stop> {
        let mut line = String::new();
        if self.stdout.buffer().is_empty() {
            let mut pipe = [PollFd::new(self.stdout.get_ref().as_fd(), PollFlags::POLLIN)];
            let limit = PollTimeout::try_from(patience()).unwrap_or(PollTimeout::MAX);
            if poll(&mut pipe, limit).map_err(std::io::Error::from)? == 0 {
                return Err(Stop::Failed(format!("no word from inside for {} s", patience().as_secs())));
            }
        }
        self.stdout.read_line(&mut line)?;
        if line.is_empty() { Err(self.ended_without_a_word()) } else { Ok(line.trim_end().to_owned()) }
    }

    /// Wait until the probe with `marker` runs, in whatever PID namespace.
    pub(crate) fn wait_for(&mut self, marker: &str) -> Result<Pid, Stop> {
        let (mut found, mut given_up) = (None, None);
        fence::wait_until(Instant::now() + patience(), || {
            found = find(marker);
            if self.child.try_wait()?.is_some() {
                // A runtime that waits for nobody may have left one behind that is about to start it.
                given_up.get_or_insert_with(|| Instant::now() + patience() / 8);
            }
            Ok(found.is_some() || given_up.is_some_and(|moment| Instant::now() > moment))
        })?;
        match (found, given_up) {
            (Some(pid), _) => Ok(pid),
            (None, Some(_)) => Err(self.ended_without_a_word()),
            (None, None) => Err(Stop::Failed(format!("the process {marker:?} was not started"))),
        }
    }

    /// What it has said on stderr tells why.
    fn ended_without_a_word(&mut self) -> Stop {
        Stop::Failed(format!("the command ended without a word: {}", complaints(&mut self.child)))
    }

    /// Send a line inside.
    pub(crate) fn tell(&mut self, line: &str) -> Result<(), Stop> {
        Ok(writeln!(self.stdin, "{line}")?)
    }

    /// The number of the runtime.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Send a signal to the runtime.
    pub(crate) fn signal(&self, signal: Signal) -> Result<(), Stop> {
        #[expect(clippy::cast_possible_wrap, reason = "a pid fits an i32")]
        Ok(sys::kill(Pid::from_raw(self.child.id() as i32), signal)?)
    }

    /// Wait for the runtime's end.
    pub(crate) fn end(mut self) -> Result<Ended, Stop> {
        drop(self.stdin);
        let mut stdout = String::new();
        self.stdout.read_to_string(&mut stdout)?;
        let status = self.child.wait()?;
        let stderr = complaints(&mut self.child);
        let ended = Ended { status, stdout, stderr };
        // One that panics has not ended as it should, whatever its exit code.
        if ended.panics() { Err(Stop::Failed(format!("{ended}: {}", ended.stderr))) } else { Ok(ended) }
    }
}

/// What it has said on stderr. Somebody may still hold that open, so nobody waits for its end.
fn complaints(child: &mut Child) -> String {
    let mut said = Vec::new();
    if let Some(pipe) = &mut child.stderr
        && fcntl(&*pipe, FcntlArg::F_SETFL(OFlag::O_NONBLOCK)).is_ok()
    {
        pipe.read_to_end(&mut said).ok(); // EAGAIN is where it ends, too
    }
    String::from_utf8_lossy(&said).into_owned()
}

/// A folder of what the subject sees as the host, with nothing in it, which no container is given.
pub(crate) fn host_place() -> Result<PathBuf, Stop> {
    let place = ["/srv", "/opt", "/mnt", "/media"].iter().find(|place| Path::new(place).is_dir());
    let place =
        place.ok_or_else(|| Stop::CouldNotRun("this host has neither /srv, /opt, /mnt nor /media".into()))?;
    sys::mount(Some("place"), place, Some("tmpfs"), MsFlags::empty(), Some("mode=755"))?;
    let place = Path::new(place).join("of-the-host");
    fs_err::create_dir(&place)?;
    Ok(place)
}

/// The control groups that this process can see and in which the process `pid` is.
pub(crate) fn groups_with(pid: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut to_look_at = vec![PathBuf::from("/sys/fs/cgroup")];
    while let Some(group) = to_look_at.pop() {
        let members = fs_err::read_to_string(group.join("cgroup.procs")).unwrap_or_default();
        if members.lines().any(|member| member == pid) {
            found.push(group.clone());
        }
        let entries = fs_err::read_dir(&group).into_iter().flatten().flatten();
        to_look_at
            .extend(entries.map(|entry| entry.path()).filter(|path| path.is_dir() && !path.is_symlink()));
    }
    found
}

/// Where everything is mounted, as this process sees it.
pub(crate) fn mount_points() -> Result<Vec<PathBuf>, Stop> {
    let table = fs_err::read_to_string("/proc/self/mountinfo")?;
    Ok(table.lines().filter_map(|line| line.split(' ').nth(4)).map(PathBuf::from).collect())
}
