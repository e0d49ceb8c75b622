//! `minicontainer xray PID`: is this process in a container, and how good is that container?
//!
//! Everything is read from /proc and /sys/fs/cgroup; nothing is started, entered or changed. So it does not matter who
//! made the container: ours, Docker's, systemd's. What may not be read is shown as that, and never guessed.

mod capabilities;
mod cgroups;
mod ids;
mod look;
mod masks;
mod mountinfo;
mod namespaces;
mod network;
mod picture;
mod print;
mod root;
mod row;
mod seccomp;
mod shared;
mod surface;
mod verdict;
mod who;

use std::{
    io::{self, Write},
    process::ExitCode,
    str::FromStr,
};

use clap::ValueHint;
use look::Process;
use picture::{Picture, Viewpoint};
use serde::Serialize;
use sys::{Error, Result};

/// The flags of `xray`.
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub struct Xray {
    /// The process, or two to compare; `self` is the shell that calls us, and what is meant when none is named
    #[arg(value_name = "PID", num_args = 0..=2, value_hint = ValueHint::Other)]
    processes: Vec<Target>,
    /// Print the picture as JSON
    #[arg(long)]
    json: bool,
}

const AFTER: &str = "\
Examples:
  minicontainer xray                     the shell that you type this in
  minicontainer xray 1234                any process: ours, Docker's, systemd's
  minicontainer xray self 1234           both beside each other, with a mark where they differ
  sudo \"$(which minicontainer)\" xray 1   a process of somebody else
  minicontainer xray --json 1234         for programs

Everything is read from /proc and /sys/fs/cgroup; nothing is started or changed.
What may not be read is shown as that, and never guessed.

--json prints one object with format, compared_with, processes and shared.

Exit code: 0 for a picture, 1 if there is no such process, 125 if xray itself
fails.";

/// Which process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    Caller,
    Pid(i32),
}

impl FromStr for Target {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Target, &'static str> {
        if text == "self" {
            return Ok(Target::Caller);
        }
        let pid = text.parse().ok().filter(|pid| *pid > 0);
        pid.map(Target::Pid).ok_or("the number of a process, as ps shows it, or self")
    }
}

impl Target {
    fn pid(self) -> i32 {
        match self {
            Target::Pid(pid) => pid,
            // Where our parent is in a PID namespace further out, its number is 0, and we are the first process here.
            Target::Caller => match nix::unistd::getppid().as_raw() {
                0 => nix::unistd::getpid().as_raw(),
                pid => pid,
            },
        }
    }
}

/// The whole report. This is the shape of `--json`; fields are added, never renamed:
///
/// ```json
/// {
///   "format": 1,
///   "compared_with": "the numbers of the kernel's first namespaces, and PID 1",
///   "processes": [{
///     "pid": 1234,
///     "rows": [{
///       "id": "ns.uts", "group": "Namespaces", "about": "uts", "says": "its own (4026532207)",
///       "value": {"whose": "own", "number": 4026532207}, "readable": true
///     }],
///     "open": [{"id": "seccomp", "chapter": 12, "short": "seccomp", "sentence": "…"}],
///     "summary": {
///       "verdict": "container", "namespaces": 8, "own": 7, "unknown": 0, "unreadable": 0, "sentence": "…",
///       "remedy": null
///     }
///   }],
///   "shared": ["user"]
/// }
/// ```
/// A verdict is `container`, `fenced`, `host`, `kernel`, `ended` or `unknown`. `value` is null where nothing could be read;
/// `shared` is null for one process.
#[derive(Serialize)]
struct Report {
    format: u8,
    compared_with: String,
    processes: Vec<Picture>,
    shared: Option<Vec<&'static str>>,
}

/// Look at one process or two, and tell.
pub fn run(flags: &Xray) -> Result<ExitCode> {
    sys::restore_defaults()?; // SIGPIPE ends us quietly when nobody reads on, as in `xray | head`
    let ours = i32::try_from(std::process::id()).ok().and_then(Process::find).ok_or_else(|| {
        Error::new("/proc is not there, or no procfs of our PID namespace")
            .remedy("mount -t proc proc /proc, as root; in a chroot, bind the host's /proc.")
    })?;
    let from = Viewpoint::look(&ours);
    let targets = if flags.processes.is_empty() { &[Target::Caller] } else { flags.processes.as_slice() };
    let mut pictures = Vec::new();
    for pid in targets.iter().map(|target| target.pid()) {
        let picture = Process::find(pid).map(|process| Picture::take(&process, &from));
        // One that ended while we looked has left a picture of nothing.
        let Some(picture) = picture.filter(|_| Process::find(pid).is_some()) else {
            cli::complain(crate::NAME, &no_such(pid));
            return Ok(ExitCode::FAILURE);
        };
        pictures.push(picture);
    }
    let shared = match pictures.as_slice() {
        [one, two] => Some(one.namespaces.shared(&two.namespaces)),
        _ => None,
    };
    let report = Report { format: 1, compared_with: from.host.said, processes: pictures, shared };
    let mut screen = anstream::stdout().lock();
    if flags.json {
        serde_json::to_writer_pretty(&mut screen, &report).map_err(io::Error::from)?;
        writeln!(screen)?;
    } else {
        print::report(&report, &mut screen)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn no_such(pid: i32) -> Error {
    Error::new(format!("xray {pid}: there is no process with this number"))
        .why("it has ended, or is in another PID namespace; or /proc has hidepid, and it is somebody else's")
        .remedy("ps ax lists those that there are. A container's PID 1 has another number here: look for its command.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_a_number_or_self() {
        assert_eq!("self".parse(), Ok(Target::Caller));
        assert_eq!("12".parse(), Ok(Target::Pid(12)));
        for wrong in ["", "0", "-1", "1x", "99999999999"] {
            assert!(wrong.parse::<Target>().is_err(), "{wrong}");
        }
    }
}
