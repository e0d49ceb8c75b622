//! Subjects: the runtimes that are examined.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::Command,
};

use serde::{Deserialize, Serialize};

use crate::{bundle, engines, scene::Stop};

/// Docker's fourteen capabilities, the default of a real runtime.
pub(crate) const CAPABILITIES: [&str; 14] = [
    "CHOWN",
    "DAC_OVERRIDE",
    "FSETID",
    "FOWNER",
    "MKNOD",
    "NET_RAW",
    "SETGID",
    "SETUID",
    "SETFCAP",
    "SETPCAP",
    "NET_BIND_SERVICE",
    "SYS_CHROOT",
    "KILL",
    "AUDIT_WRITE",
];

/// A runtime, and how to call it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Subject {
    /// No runtime at all: the command, started as it is. What chapter 1 begins with.
    Bare,
    /// A shell that starts the command as its child: the runtime that somebody writes in a minute.
    Shell,
    /// A program with our command line.
    Ours {
        /// What it is called in a table.
        name: String,
        /// The last chapter whose feature it has.
        chapter: u8,
        /// The program, and what comes before `run`.
        program: Vec<PathBuf>,
        /// Whether it is the course's own. Nobody else's program is ever given the host's real root.
        trusted: bool,
    },
    /// A runtime with the command line of the OCI, given a bundle.
    Oci {
        /// Its program, looked for in PATH.
        name: String,
    },
    /// An engine, which calls such a runtime itself.
    Podman,
    /// A tool that only makes namespaces: what else a container needs, its caller brings.
    Bubblewrap,
}

/// What a check asks a subject to do.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// `--explain`.
    pub explain: bool,
    /// Flags that only some subjects have.
    pub flags: Vec<OsString>,
    /// `--hostname`.
    pub hostname: Option<String>,
    /// `--env`, as NAME=VALUE.
    pub env: Vec<String>,
    /// `--workdir`.
    pub workdir: Option<PathBuf>,
    /// `--memory`, in bytes.
    pub memory: Option<u64>,
    /// `--pids-limit`.
    pub pids: Option<u32>,
    /// `--cpus`, as microseconds of each 100,000.
    pub cpu_quota: Option<u32>,
    /// `--cpu-shares`.
    pub cpu_shares: Option<u64>,
    /// `--rootfs`.
    pub rootfs: Option<PathBuf>,
    /// `--layer`, the lowest first. Before chapter 9 the lowest is the root.
    pub layers: Vec<PathBuf>,
    /// `--upper`.
    pub upper: Option<PathBuf>,
    /// `--read-only`.
    pub read_only: bool,
    /// `--volume`.
    pub volumes: Vec<Volume>,
    /// `--tmpfs`.
    pub tmpfs: Vec<PathBuf>,
    /// `--userns private`: as an ordinary user it is so always.
    pub userns: bool,
    /// `--user`: the numbers of a user and of a group.
    pub user: Option<u32>,
    /// `--cap-add`.
    pub cap_add: Vec<String>,
    /// `--cap-drop`.
    pub cap_drop: Vec<String>,
    /// `--security-opt seccomp=`.
    pub seccomp: Seccomp,
    /// The command and its arguments.
    pub command: Vec<OsString>,
}

/// Which filter over system calls a container gets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Seccomp {
    /// A real runtime's default.
    #[default]
    Default,
    /// None.
    Unconfined,
    /// The one in this file.
    Profile(PathBuf),
}

/// Something of the host that a container is given.
#[derive(Clone, Debug)]
pub struct Volume {
    /// What it is outside.
    pub source: PathBuf,
    /// Where it is inside.
    pub destination: PathBuf,
    /// Whether nobody inside may write to it.
    pub read_only: bool,
}

impl Volume {
    /// As it is written after `--volume`.
    pub(crate) fn words(&self) -> OsString {
        let mut words = self.source.clone().into_os_string();
        words.push(":");
        words.push(&self.destination);
        words.push(if self.read_only { ":ro" } else { "" });
        words
    }
}

impl Request {
    /// The capabilities that it asks for, as an engine tells the runtime.
    pub(crate) fn capabilities(&self) -> Vec<String> {
        let dropped = |name: &&str| self.cap_drop.iter().any(|drop| drop == name || drop == "ALL");
        let kept = CAPABILITIES.iter().filter(|name| !dropped(name)).map(|&name| name.to_owned());
        kept.chain(self.cap_add.iter().cloned()).map(|name| format!("CAP_{name}")).collect()
    }
}

impl Subject {
    /// The runtime as it stands after `chapter`, in a program of its own.
    pub fn stage(chapter: u8, program: impl Into<PathBuf>) -> Subject {
        Subject::trusted(format!("stage {chapter}"), chapter, vec![program.into()])
    }

    /// The runtime as it stands after `chapter`, in the one installed binary.
    pub fn stage_of(minicontainer: impl Into<PathBuf>, chapter: u8) -> Subject {
        let program = vec![minicontainer.into(), "stage".into(), chapter.to_string().into()];
        Subject::trusted(format!("stage {chapter}"), chapter, program)
    }

    /// The finished runtime, with the features of all chapters up to `chapter`.
    pub fn minicontainer(program: impl Into<PathBuf>, chapter: u8) -> Subject {
        Subject::trusted("minicontainer".into(), chapter, vec![program.into()])
    }

    fn trusted(name: String, chapter: u8, program: Vec<PathBuf>) -> Subject {
        Subject::Ours { name, chapter, program, trusted: true }
    }

    /// A program that the course did not make, such as a student's, with the features of all chapters up to `chapter`.
    pub fn of_somebody(name: impl Into<String>, chapter: u8, program: Vec<PathBuf>) -> Subject {
        Subject::Ours { name: name.into(), chapter, program, trusted: false }
    }

    /// A real runtime of this machine: `runc`, `crun`.
    pub fn oci(name: &str) -> Subject {
        Subject::Oci { name: name.into() }
    }

    /// Podman's program.
    pub(crate) const PODMAN: &str = "podman";
    /// bubblewrap's program.
    pub(crate) const BUBBLEWRAP: &str = "bwrap";

    /// What it is called in a table.
    pub fn name(&self) -> &str {
        match self {
            Subject::Bare => "bare",
            Subject::Shell => "shell",
            Subject::Ours { name, .. } | Subject::Oci { name } => name,
            Subject::Podman => Subject::PODMAN,
            Subject::Bubblewrap => Subject::BUBBLEWRAP,
        }
    }

    /// Whether it may be the host's real root: a program of the course, a real runtime, or nothing but our probe.
    pub(crate) fn is_trusted(&self) -> bool {
        match self {
            Subject::Ours { trusted, .. } => *trusted,
            _ => true,
        }
    }

    /// Whether it does not work but as the host's real root: what makes control groups anywhere on the host.
    pub(crate) fn needs_real_root(&self) -> bool {
        matches!(self, Subject::Oci { .. } | Subject::Podman)
    }

    /// Whether it has the feature of `chapter`.
    pub fn has(&self, chapter: u8) -> bool {
        match self {
            Subject::Bare | Subject::Shell => false,
            Subject::Ours { chapter: last, .. } => chapter <= *last,
            Subject::Oci { .. } | Subject::Podman | Subject::Bubblewrap => true,
        }
    }

    /// Why this subject is not on this machine, if it is not.
    pub fn missing(&self) -> Option<String> {
        match self {
            Subject::Bare | Subject::Shell => None,
            Subject::Ours { program, .. } if program[0].is_file() => None,
            Subject::Ours { program, .. } => Some(format!("{} is not built", program[0].display())),
            Subject::Oci { name } => not_installed(name, name),
            Subject::Podman => not_installed(Subject::PODMAN, "podman"),
            Subject::Bubblewrap => not_installed(Subject::BUBBLEWRAP, "bubblewrap"),
        }
    }

    /// The command line that makes this subject do `request`. `folder` is the fence's own.
    pub(crate) fn command(&self, request: &Request, folder: &Path) -> Result<Command, Stop> {
        match self {
            Subject::Bare => {
                let mut command = Command::new(&request.command[0]);
                command.args(&request.command[1..]);
                Ok(command)
            }
            Subject::Shell => {
                let mut command = Command::new("/bin/sh");
                command.args(["-c", "\"$@\"; exit $?", "sh"]).args(&request.command);
                Ok(command)
            }
            Subject::Ours { program, chapter, .. } => Ok(ours(program, *chapter, request, folder)?),
            Subject::Oci { name } => Ok(bundle::command(name, request, folder)?),
            Subject::Podman => engines::podman(request, folder),
            Subject::Bubblewrap => engines::bubblewrap(request, folder),
        }
    }
}

fn ours(program: &[PathBuf], chapter: u8, request: &Request, folder: &Path) -> sys::Result<Command> {
    let mut command = Command::new(&program[0]);
    command.args(&program[1..]).arg("run");
    if request.explain {
        command.arg("--explain");
    }
    // The flag came with chapter 2.
    if let Some(hostname) = request.hostname.as_ref().filter(|_| chapter >= 2) {
        command.args(["--hostname", hostname]);
    }
    for variable in &request.env {
        command.args(["--env", variable]);
    }
    if let Some(workdir) = &request.workdir {
        command.arg("--workdir").arg(workdir);
    }
    if let Some(memory) = request.memory.filter(|_| chapter >= 6) {
        command.args(["--memory", &memory.to_string()]);
    }
    if chapter >= 7 {
        limit(&mut command, request);
    }
    if chapter >= 8 {
        furnish(&mut command, request, folder, chapter)?;
    }
    if chapter >= 10 {
        if request.userns {
            command.args(["--userns", "private"]);
        }
        if let Some(user) = request.user {
            command.args(["--user", &format!("{user}:{user}")]);
        }
    }
    if chapter >= 11 {
        name_capabilities(&mut command, request);
    }
    if chapter >= 12 {
        choose_filter(&mut command, request);
    }
    command.args(&request.flags).arg("--").args(&request.command);
    Ok(command)
}

/// The flags of chapter 11, which are Podman's as well, as are the others here.
pub(crate) fn name_capabilities(command: &mut Command, request: &Request) {
    for (flag, names) in [("--cap-add", &request.cap_add), ("--cap-drop", &request.cap_drop)] {
        command.args(names.iter().flat_map(|name| [flag, name]));
    }
}

/// The flag of chapter 12.
pub(crate) fn choose_filter(command: &mut Command, request: &Request) {
    match &request.seccomp {
        Seccomp::Default => {}
        Seccomp::Unconfined => drop(command.args(["--security-opt", "seccomp=unconfined"])),
        Seccomp::Profile(file) => {
            command.arg("--security-opt").arg(format!("seccomp={}", file.display()));
        }
    }
}

/// The flags of chapter 7.
pub(crate) fn limit(command: &mut Command, request: &Request) {
    if let Some(pids) = request.pids {
        command.args(["--pids-limit", &pids.to_string()]);
    }
    if let Some(quota) = request.cpu_quota {
        command.args(["--cpus", &(f64::from(quota) / 100_000.0).to_string()]);
    }
    if let Some(shares) = request.cpu_shares {
        command.args(["--cpu-shares", &shares.to_string()]);
    }
}

/// The flags of chapter 8. From there on a container has no files but those that it is given: the probe, and the
/// fence's folder.
fn furnish(command: &mut Command, request: &Request, folder: &Path, chapter: u8) -> sys::Result<()> {
    let given = |path: &Path, read_only| Volume { source: path.into(), destination: path.into(), read_only };
    let mut volumes = vec![given(&std::env::current_exe()?, true), given(folder, false)];
    if chapter >= 9 {
        for layer in &request.layers {
            command.arg("--layer").arg(layer);
        }
        if let Some(upper) = &request.upper {
            command.arg("--upper").arg(upper);
        }
    }
    let lowest = request.layers.first().filter(|_| chapter < 9);
    if let Some(rootfs) = request.rootfs.as_ref().or(lowest) {
        command.arg("--rootfs").arg(rootfs);
        volumes.extend(bundle::host_programs().iter().map(|path| given(path, true)));
    }
    for volume in volumes.iter().chain(&request.volumes) {
        command.arg("--volume").arg(volume.words());
    }
    for place in &request.tmpfs {
        command.arg("--tmpfs").arg(place);
    }
    if request.read_only {
        command.arg("--read-only");
    }
    Ok(())
}

fn not_installed(name: &str, package: &str) -> Option<String> {
    program(name).is_none().then(|| format!("{name} is not installed (apt-get install {package})"))
}

/// Where the program `name` is. Debian has runc in /usr/sbin, which an ordinary user's PATH leaves out.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders =
        std::env::split_paths(&path).chain(["/usr/local/sbin", "/usr/sbin", "/sbin"].map(PathBuf::from));
    folders.map(|folder| folder.join(name)).find(|file| file.is_file())
}
