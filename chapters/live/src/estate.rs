//! The estate: what a demo has started and made on this machine, and how all of it ends.

use std::{
    fs::Permissions,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use sys::{Error, Pid, Result, Signal, WaitPidFlag, WaitStatus};

use crate::pane;

/// A janitor that has not done its work after so long will not do it any more.
const PATIENCE: Duration = Duration::from_secs(10);

/// How often we look.
const MOMENT: Duration = Duration::from_millis(5);

/// A folder for the demo's files, and the commands that tidy up outside of it.
#[derive(Clone, Debug)]
pub struct Estate {
    /// Where both shells begin. It is emptied when a demo starts over.
    pub folder: PathBuf,
}

impl Estate {
    /// An empty folder, below the system's own for temporary files. Its name says whose it is.
    pub fn new() -> Result<Estate> {
        let prefix = format!("minicontainer-demo-{}-", Pid::this());
        let folder = tempfile::Builder::new().prefix(&prefix).tempdir()?.keep();
        Ok(Estate { folder })
    }

    /// Run the commands of a scenario that nobody sees.
    pub fn run(&self, commands: &[String]) -> Result<()> {
        for command in commands {
            let output = self.shell(command).output().map_err(|error| Error::new(format!("sh: {error}")))?;
            if !output.status.success() {
                let said = String::from_utf8_lossy(&output.stderr);
                return Err(Error::new(format!("sh -c {command:?}: {}", output.status)).why(said.trim()));
            }
        }
        Ok(())
    }

    /// Whether a command succeeds here.
    pub fn works(&self, command: &str) -> bool {
        self.shell(command).output().is_ok_and(|output| output.status.success())
    }

    fn shell(&self, command: &str) -> Command {
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", command]).current_dir(&self.folder).env_clear().stdin(Stdio::null());
        for variable in pane::environment(&self.folder) {
            let text = variable.to_string_lossy().into_owned();
            if let Some((name, value)) = text.split_once('=') {
                shell.env(name, value);
            }
        }
        shell
    }

    /// Remove everything in the folder.
    pub fn empty(&self) -> Result<()> {
        if self.folder.exists() {
            remove(&self.folder)?;
        }
        Ok(fs_err::create_dir(&self.folder)?)
    }

    /// The end: everybody, then everything. What fails does not stop the rest.
    pub fn wind_up(&self, cleanup: &[String]) -> Result<()> {
        let ending = Ending::begin();
        while !ending.is_over() {
            std::thread::sleep(MOMENT);
        }
        let tidied = if self.folder.exists() { self.run(cleanup) } else { Ok(()) };
        let removed = match remove(&self.folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        };
        tidied.and(removed)
    }
}

/// Remove a folder and all in it. Overlayfs leaves folders that nobody may enter, not even their owner (chapter 9).
fn remove(folder: &Path) -> std::io::Result<()> {
    fs_err::remove_dir_all(folder).or_else(|error| match error.kind() {
        std::io::ErrorKind::PermissionDenied => {
            open_up(folder)?;
            fs_err::remove_dir_all(folder)
        }
        _ => Err(error),
    })
}

/// Let the owner enter every folder.
fn open_up(folder: &Path) -> std::io::Result<()> {
    fs_err::set_permissions(folder, Permissions::from_mode(0o700))?;
    for entry in fs_err::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            open_up(&entry.path())?;
        }
    }
    Ok(())
}

/// The end of everybody whom this process has started, or inherited as their *subreaper*: who loses his parent below
/// us becomes our child, prctl(2).
#[derive(Debug)]
pub struct Ending {
    began: Instant,
}

impl Ending {
    /// From now on nobody stays.
    pub fn begin() -> Ending {
        Ending { began: Instant::now() }
    }

    /// Send everybody away who is still there. `true`: nobody is.
    pub fn is_over(&self) -> bool {
        reap();
        let all = descendants();
        for process in &all {
            if !process.is_a_janitor() || self.began.elapsed() > PATIENCE {
                sys::kill(process.pid, Signal::SIGKILL).ok(); // or it has ended by now
            }
        }
        all.is_empty()
    }
}

/// Take note of children that have ended, or they would stay as zombies.
pub fn reap() {
    let ended = |status| !matches!(status, WaitStatus::StillAlive);
    while sys::waitpid(Pid::from_raw(-1), WaitPidFlag::WNOHANG).is_ok_and(ended) {}
}

/// A process below this one.
#[derive(Debug)]
struct Process {
    pid: Pid,
    parent: i32,
    session: i32,
}

impl Process {
    /// What stat says, proc_pid_stat(5). The name in brackets may hold anything, brackets too.
    fn parse(text: &str) -> Option<Process> {
        let pid = text.split_once(' ')?.0.parse().ok()?;
        let (_, rest) = text.rsplit_once(") ")?;
        let mut fields = rest.split(' ');
        let parent = fields.nth(1)?.parse().ok()?;
        let session = fields.nth(1)?.parse().ok()?;
        Some(Process { pid: Pid::from_raw(pid), parent, session })
    }

    /// A janitor (chapter 5) has something to do when its runtime has ended. It leads a session of its own and cannot be
    /// asked to end.
    fn is_a_janitor(&self) -> bool {
        self.session == self.pid.as_raw() && blocks_sigterm(self.pid)
    }
}

fn blocks_sigterm(pid: Pid) -> bool {
    let status = fs_err::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigBlk:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default();
    mask >> (Signal::SIGTERM as i32 - 1) & 1 == 1
}

/// Everybody below this process, zombies too.
fn descendants() -> Vec<Process> {
    let mut others: Vec<Process> = fs_err::read_dir(Path::new("/proc"))
        .map(|entries| {
            let stat = |entry: std::io::Result<fs_err::DirEntry>| {
                Process::parse(&fs_err::read_to_string(entry.ok()?.path().join("stat")).ok()?)
            };
            entries.filter_map(stat).collect()
        })
        .unwrap_or_default();
    let mut family = vec![Pid::this().as_raw()];
    let mut found = Vec::new();
    loop {
        let (ours, rest): (Vec<_>, Vec<_>) =
            others.into_iter().partition(|process| family.contains(&process.parent));
        if ours.is_empty() {
            return found;
        }
        family = ours.iter().map(|process| process.pid.as_raw()).collect();
        found.extend(ours);
        others = rest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_hold_anything() {
        let process = Process::parse("42 (a) R 1 (x)) S 7 42 41 0 -1").unwrap();
        assert_eq!((process.pid.as_raw(), process.parent, process.session), (42, 7, 41));
    }

    #[test]
    fn a_folder_that_nobody_may_enter_is_removed() {
        let folder = tempfile::tempdir().unwrap().keep();
        let shut = folder.join("work/work");
        fs_err::create_dir_all(&shut).unwrap();
        fs_err::set_permissions(&shut, Permissions::from_mode(0o000)).unwrap();
        remove(&folder).unwrap();
        assert!(!folder.exists());
    }

    #[test]
    fn a_grandchild_is_found() {
        let mut child = Command::new("sh").args(["-c", "sleep 60 & wait"]).spawn().unwrap();
        let deadline = Instant::now() + Duration::from_secs(5);
        let pid = i32::try_from(child.id()).unwrap();
        let grandchild = loop {
            let below = descendants();
            if let Some(found) = below.iter().find(|process| process.parent == pid) {
                break found.pid;
            }
            assert!(Instant::now() < deadline, "{below:?}");
        };
        sys::kill(grandchild, Signal::SIGKILL).unwrap();
        child.wait().unwrap();
    }
}
