//! The cell: where a student's copy is built, watched and judged.
//!
//! It sees the system's programs, the files that it is given and nothing else: no home folder, no
//! solutions, no other student's copy. It has no network, writes nowhere but to one folder of its own, and
//! has a time limit. It is the fence of `checks` around a whole command, with fewer files in it.
//!
//! | process | is | does |
//! |---|---|---|
//! | the grader | outside | starts the gatekeeper, kills it when the time is up |
//! | gatekeeper | outside | sets limits, enters a user namespace if it must, clones |
//! | PID 1 of the cell | inside | builds the walls, runs the command, waits; with it, everything ends |
//!
//! No program of a student is the machine's root in it, whoever grades.
//!
//! **Not contained**: faults of the kernel and of the compiler; what of the system's own programs and of /dev and /sys
//! everybody may read; and memory and processes beyond the limits on one process, where the grader may make no control
//! groups. Where it may, compiler and runtime are in groups with limits, and the runtime may make groups in its own.

use std::{
    os::{fd::OwnedFd, unix::process::ExitStatusExt},
    path::{Path, PathBuf},
    process::{Child, Command, ExitCode, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use checks::{Cage, User};
use serde::{Deserialize, Serialize};
use sys::{
    CloneFlags, Error, ForkResult, Gid, MsFlags, Resource, Result, Signal, Uid, WaitPidFlag, WaitStatus,
};

use super::{ended::Ended, walls};

/// First argument of a program that plays the gatekeeper.
pub(super) const ROLE: &str = "grade-cell";
/// How the gatekeeper says that a signal ended the command, or that the cell could not be built.
pub(super) const KILLED: u8 = 250;
/// See [`KILLED`].
pub(super) const BROKEN: u8 = 251;

/// The first of the ids that the machine's root hands out here, as in the fence of `checks`. By systemd's
/// table of ids they belong to nobody: <https://systemd.io/UIDS-GIDS/>.
const NOBODYS_IDS: u32 = 0x7000_0000;

/// A cell, and what to run in it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Cell {
    /// An empty folder, which becomes the root.
    pub(super) root: PathBuf,
    /// What can be read besides the system, under the same path as outside.
    pub(super) visible: Vec<PathBuf>,
    /// What can be written.
    pub(super) writable: Option<PathBuf>,
    /// The most memory that one process may map, in bytes.
    pub(super) memory: Option<u64>,
    /// Control groups in which the command may make groups, and the files with which it gets into them.
    pub(super) groups: (Vec<PathBuf>, Vec<PathBuf>),
    /// Whether the command is a student's program: then it never runs as the machine's root.
    pub(super) untrusted: bool,
    /// The command.
    pub(super) command: Vec<PathBuf>,
}

impl Cell {
    /// Build it and start its command.
    pub(super) fn start(&self, stdout: impl Into<Stdio>) -> Result<Child> {
        let order = serde_json::to_string(self).map_err(|error| Error::new(error.to_string()))?;
        let mut gatekeeper = Command::new(std::env::current_exe()?);
        gatekeeper.args([ROLE, &order]).stdin(Stdio::null()).stdout(stdout).stderr(Stdio::piped());
        Ok(gatekeeper.spawn()?)
    }

    /// The same in control groups of its own, where we may make some. They are gone with the answer.
    pub(super) fn run_in_groups(mut self, limit: Duration) -> Result<Ended> {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("minicontainer-grade-{}-{number}", std::process::id());
        let cage = Cage::build(Path::new(&name), Uid::effective().as_raw());
        self.groups = (cage.rooms().to_vec(), cage.doors());
        self.run(limit)
    }

    /// Build it and run its command to the end, or until `limit` has passed.
    pub(super) fn run(&self, limit: Duration) -> Result<Ended> {
        Ended::of(self.start(Stdio::piped())?, Instant::now() + limit)
    }
}

/// The gatekeeper.
pub(super) fn main(order: &str) -> ExitCode {
    let order = serde_json::from_str(order).map_err(|error| Error::new(format!("{ROLE}: {error}")));
    order.and_then(|cell| keep_gate(&cell)).unwrap_or_else(|error| complain(error).into())
}

fn keep_gate(cell: &Cell) -> Result<ExitCode> {
    sys::prctl_set_pdeathsig(Signal::SIGKILL)?; // no cell outlives its grader
    for door in &cell.groups.1 {
        sys::write(door, "0")?;
    }
    sys::setrlimit(Resource::RLIMIT_CORE, 0)?;
    sys::setrlimit(Resource::RLIMIT_FSIZE, 1 << 30)?;
    if let Some(bytes) = cell.memory {
        sys::setrlimit(Resource::RLIMIT_AS, bytes)?;
    }
    if User::current() == User::Ordinary {
        let (uid, gid) = (Uid::effective(), Gid::effective());
        sys::unshare(CloneFlags::CLONE_NEWUSER)?;
        sys::write("/proc/self/setgroups", "deny")?;
        sys::write("/proc/self/uid_map", &format!("{uid} {uid} 1"))?;
        sys::write("/proc/self/gid_map", &format!("{gid} {gid} 1"))?;
    }
    let walls = CloneFlags::CLONE_NEWPID
        | CloneFlags::CLONE_NEWNS
        | CloneFlags::CLONE_NEWUTS
        | CloneFlags::CLONE_NEWIPC
        | CloneFlags::CLONE_NEWNET;
    match sys::clone3(walls)? {
        ForkResult::Child => sys::exit_now(inside(cell).unwrap_or_else(complain)),
        ForkResult::Parent { child } => match sys::waitpid(child, WaitPidFlag::empty())? {
            WaitStatus::Exited(_, code) => Ok(u8::try_from(code).unwrap_or(BROKEN).into()),
            status => Err(Error::new(format!("PID 1 of the cell ended: {status:?}"))),
        },
    }
}

/// PID 1 of the cell.
fn inside(cell: &Cell) -> Result<u8> {
    sys::prctl_set_pdeathsig(Signal::SIGKILL)?;
    sys::mount(None, "/", None, MsFlags::MS_REC | MsFlags::MS_PRIVATE, None)?; // the host sees no mount below
    walls::build(&cell.root, &cell.visible, cell.writable.as_deref(), &cell.groups.0)?;
    walls::enter(&cell.root)?;
    sys::sethostname("fence")?; // as in the fence of checks: a runtime should not know who looks at it
    if cell.untrusted && is_real_root()? { as_nobody(cell) } else { run(cell) }
}

/// Whether we are the machine's root, and not one in a user namespace.
fn is_real_root() -> Result<bool> {
    let map = sys::read("/proc/self/uid_map")?;
    Ok(User::current() == User::Root && map.split_whitespace().eq(["0", "0", "4294967295"]))
}

/// Run the command as a root who outside of the cell is nobody.
fn as_nobody(cell: &Cell) -> Result<u8> {
    let (gate, their_gate) = sys::socketpair()?;
    match sys::clone3(CloneFlags::CLONE_NEWUSER)? {
        ForkResult::Child => {
            drop(gate);
            sys::exit_now(enter_as_root(&their_gate).and_then(|()| run(cell)).unwrap_or_else(complain))
        }
        ForkResult::Parent { child } => {
            for map in ["uid_map", "gid_map"] {
                sys::write(format!("/proc/{child}/{map}"), &format!("0 {NOBODYS_IDS} 65536"))?;
            }
            sys::send(&gate, b"mapped")?;
            match sys::waitpid(child, WaitPidFlag::empty())? {
                WaitStatus::Exited(_, code) => Ok(u8::try_from(code).unwrap_or(BROKEN)),
                _ => Ok(KILLED),
            }
        }
    }
}

fn enter_as_root(gate: &OwnedFd) -> Result<()> {
    sys::receive(gate)?;
    sys::setgroups(&[])?;
    sys::setgid(Gid::from_raw(0))?;
    sys::setuid(Uid::from_raw(0))
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that unwrap_or_else wants")]
fn complain(error: Error) -> u8 {
    eprintln!("{error}");
    BROKEN
}

/// Run the command to its end.
fn run(cell: &Cell) -> Result<u8> {
    let [program, arguments @ ..] = cell.command.as_slice() else {
        return Err(Error::new("the cell has no command"));
    };
    let path = std::env::var_os("PATH").unwrap_or_else(|| "/usr/bin:/bin".into());
    let mut command = Command::new(program);
    // Nothing of the grader's environment: a compiler reads it with env!.
    command.args(arguments).env_clear().current_dir("/").stdin(Stdio::null());
    command
        .env("PATH", path)
        .env("HOME", "/")
        .env("LANG", "C")
        .env("TMPDIR", Path::new("/").join(walls::SCRATCH));
    let status = command.status()?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(if status.signal().is_some() { KILLED } else { code.unwrap_or(BROKEN) })
}
