//! The machine: `linux.uml` as a child of ours, with one serial line.

use std::{
    ffi::{CString, OsStr},
    fs::File,
    io::Read,
    os::{
        fd::{AsRawFd, OwnedFd},
        unix::ffi::OsStrExt,
    },
    path::{Path, PathBuf},
};

use nix::sys::statvfs::{FsFlags, statvfs};
use sys::{Errno, Error, ForkResult, Pid, Result, Signal, WaitPidFlag};

use crate::{INIT, Lab};

/// What linux.uml is started with: chapters/sys/preload/uml.rs, compiled by our build script.
const LIBRARY: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/uml.so"));

/// Its arguments that never change, with the reasons.
const ARGUMENTS: &[&str] = &[
    "root=/dev/root",
    "rootfstype=hostfs",
    "rootflags=/", // until init has made a root of its own; see inside/root.rs
    "ro",
    "con=null",
    "con0=null,fd:1",                       // the kernel's messages
    "quiet",                                // only what is a warning, or worse
    "cgroup_no_v1=all",                     // version 2 has all controllers
    "initcall_blacklist=raid6_select_algo", // 0.8 s for finding the fastest of something that nobody uses
    "uml_dir=/dev/null/",                   // no folder in the caller's HOME; a control socket is not needed
    "panic=-1",                             // end then, do not wait
];

/// A running machine. It dies with this process, however that ends.
pub struct Machine {
    /// The process of linux.uml.
    pub pid: Pid,
    /// Our end of its serial line.
    pub line: OwnedFd,
    log: File,
    janitor: Option<Janitor>,
}

/// A process that the kernel tells of our end, by the end of a pipe. It ends what linux.uml has started: helpers,
/// and a process inside that it did not trace yet.
struct Janitor {
    pid: Pid,
    pipe: OwnedFd,
}

/// The path of linux.uml; an error with the remedy where there can be no lab.
pub fn find() -> Result<PathBuf> {
    if !cfg!(target_arch = "x86_64") {
        return Err(Error::new(format!("there is no lab for {} processors", std::env::consts::ARCH))
            .why("user-mode Linux, which it is made of, exists for x86-64 only")
            .remedy("Use an x86-64 machine, or one with a recent kernel of its own: minicontainer doctor."));
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/bin".into(), "/usr/local/bin".into()]);
    folders.map(|folder| folder.join("linux.uml")).find(|file| file.is_file()).ok_or_else(|| {
        Error::new("there is no linux.uml in PATH")
            .why("the lab is user-mode Linux, a kernel that runs as an ordinary program")
            .remedy("sudo apt-get install user-mode-linux, on Debian and Ubuntu. Others do not package it.")
    })
}

/// Start it. `lab` says with how much memory.
pub fn start(lab: &Lab) -> Result<Machine> {
    let program = find()?;
    let library = sys::memfd("uml.so", LIBRARY)?;
    let log = sys::memfd("uml-log", b"")?;
    let (ours, theirs) = sys::socketpair_stream()?;
    let init = std::env::current_exe()?;
    let arguments = arguments(&program, &init, &lab.memory, &theirs)?;
    let environment = environment(&library)?;
    let parent = Pid::this();
    match sys::fork()? {
        ForkResult::Parent { child: pid } => {
            drop(theirs); // or we would never see that the machine is gone
            let mut machine = Machine { pid, line: ours, log: log.into(), janitor: None };
            machine.janitor = Some(hire_janitor(pid)?);
            Ok(machine)
        }
        ForkResult::Child => {
            let become_it = || {
                sys::prctl_set_pdeathsig(Signal::SIGKILL)?;
                if Pid::parent() != parent {
                    return Err(Error::new("our parent is gone already"));
                }
                sys::setsid()?; // or Ctrl-C would end the machine
                sys::keep_at_exec(&theirs)?;
                sys::keep_at_exec(&library)?;
                let nothing = File::from(fs_err::File::open("/dev/null")?);
                sys::set_standard(&nothing, &log, &log)?;
                let program = c_string(program.as_os_str())?;
                sys::execve(&program, &arguments, &environment).map(|never| match never {})
            };
            let code = become_it().map_or_else(|error: Error| error.exit_code(), |()| 0);
            sys::exit_now(code)
        }
    }
}

fn hire_janitor(machine: Pid) -> Result<Janitor> {
    let (end, pipe) = sys::pipe()?;
    match sys::fork()? {
        ForkResult::Parent { child: pid } => Ok(Janitor { pid, pipe }),
        ForkResult::Child => {
            drop(pipe);
            let wait_and_clean = || {
                sys::setsid()?; // what ends our caller's session must not end the janitor
                let nothing = fs_err::OpenOptions::new().read(true).write(true).open("/dev/null")?;
                sys::set_standard(&nothing, &nothing, &nothing)?; // or the caller's pipes would stay open
                File::from(end).read_to_end(&mut Vec::new())?;
                end_group(machine)
            };
            let ended: Result<()> = wait_and_clean();
            sys::exit_now(ended.map_or(1, |()| 0))
        }
    }
}

/// End linux.uml, which leads a process group, and everything in the group.
fn end_group(machine: Pid) -> Result<()> {
    match sys::kill(Pid::from_raw(-machine.as_raw()), Signal::SIGKILL) {
        Err(error) if error.errno() == Some(Errno::ESRCH) => Ok(()),
        ended => ended,
    }
}

fn arguments(program: &Path, init: &Path, memory: &str, line: &OwnedFd) -> Result<Vec<CString>> {
    let init = init.as_os_str();
    if init.as_bytes().iter().any(|byte| matches!(byte, b'"' | b'\n')) {
        return Err(Error::new(format!("{}: a path with a quote or a line break", init.display()))
            .why("the kernel inside is told this path on its command line, which cannot have that"));
    }
    let mut arguments = vec![program.as_os_str().to_owned(), format!("mem={memory}").into()];
    arguments.extend(ARGUMENTS.iter().map(Into::into));
    arguments.push(format!("ssl0=fd:{}", line.as_raw_fd()).into());
    arguments.push([OsStr::new("\"init="), init, OsStr::new("\"")].join(OsStr::new("")));
    arguments.extend(["--", INIT].map(Into::into));
    arguments.iter().map(|argument| c_string(argument)).collect()
}

/// linux.uml keeps the machine's memory in a file without a name, in a folder that these variables name; in
/// /dev/shm where there are none. In many containers that is small, or allows no programs.
fn environment(library: &OwnedFd) -> Result<Vec<CString>> {
    let mut variables = vec![format!("LD_PRELOAD=/proc/self/fd/{}", library.as_raw_fd())];
    if !is_good_for_memory("/dev/shm") {
        variables.push(format!("TMPDIR={}", std::env::temp_dir().display()));
    }
    variables.iter().map(|variable| c_string(variable.as_ref())).collect()
}

fn is_good_for_memory(folder: &str) -> bool {
    statvfs(folder).is_ok_and(|system| {
        let free = system.blocks_available() * system.fragment_size();
        free > 256 << 20 && !system.flags().contains(FsFlags::ST_NOEXEC)
    })
}

fn c_string(text: &OsStr) -> Result<CString> {
    CString::new(text.as_bytes()).map_err(|_| Error::new(format!("{text:?}: there is a NUL byte in it")))
}

impl Machine {
    /// The machine has ended before its command did. Why, as far as its kernel said it.
    pub fn obituary(&mut self) -> Error {
        let mut log = Vec::new();
        let path = format!("/proc/self/fd/{}", self.log.as_raw_fd());
        if let Ok(mut file) = fs_err::File::open(path) {
            file.read_to_end(&mut log).ok(); // a part of it is better than nothing
        }
        let log = String::from_utf8_lossy(&log).into_owned();
        let lines: Vec<&str> = log.lines().filter(|line| !line.trim().is_empty()).collect();
        let last = lines[lines.len().saturating_sub(12)..].join("\n          ");
        let error =
            Error::new("the lab ended before its command did").why(format!("it said:\n          {last}"));
        if log.contains("check_ptrace") {
            return error.remedy(
                "linux.uml traces its processes. Something forbids ptrace(2) here: a debugger or strace -f around \
                 us, or the seccomp profile of a container.",
            );
        }
        error.remedy(
            "With more memory (--memory 2g) it may go on; TMPDIR names the folder that it is kept in.",
        )
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        end_group(self.pid).ok(); // it may not lead a group yet
        sys::kill(self.pid, Signal::SIGKILL).ok();
        sys::waitpid(self.pid, WaitPidFlag::empty()).ok();
        if let Some(Janitor { pid, pipe }) = self.janitor.take() {
            drop(pipe);
            sys::waitpid(pid, WaitPidFlag::empty()).ok();
        }
    }
}
