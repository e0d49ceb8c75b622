//! The probe: our program that runs inside the container. It reports what is true there, or does one
//! small thing that a check or an attack needs.

use std::{
    collections::BTreeMap,
    ffi::CString,
    io::{BufRead, BufReader},
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
    process::{Child, Command, ExitCode, Stdio},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use sys::{SigSet, Signal};

use crate::{
    PROBE, attacks,
    catalogue::{extensions, network, root, seccomp, users},
};

/// What is true where the probe runs.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Report {
    /// Its own number.
    pub(crate) pid: u32,
    /// Its parent's number; 0 when the parent is outside of the PID namespace.
    pub(crate) parent: u32,
    /// uname's nodename.
    pub(crate) hostname: String,
    /// What came after `report` on its command line.
    pub(crate) arguments: Vec<String>,
    /// All its environment variables, in their order. Nothing forbids two of the same name (environ(7)).
    pub(crate) environment: Vec<(String, String)>,
    /// Where it was started.
    pub(crate) working_directory: PathBuf,
    /// The numbers of its open descriptors.
    pub(crate) descriptors: Vec<i32>,
    /// Its namespaces by kind, as `/proc/self/ns` names them.
    pub(crate) namespaces: BTreeMap<String, PathBuf>,
    /// The numbers of all processes in `/proc`.
    pub(crate) processes: Vec<i32>,
}

impl Report {
    /// All values of the variable `name`: there should be one.
    pub(crate) fn values(&self, name: &str) -> Vec<&str> {
        let found = self.environment.iter().filter(|(other, _)| other == name);
        found.map(|(_, value)| value.as_str()).collect()
    }
}

/// Do `action`.
pub(crate) fn main(action: &[String]) -> ExitCode {
    let action: Vec<&str> = action.iter().map(String::as_str).collect();
    let done = match action.as_slice() {
        ["report", arguments @ ..] => report(arguments),
        ["exit", code] => {
            linger();
            return code.parse().map_or(ExitCode::FAILURE, u8::into);
        }
        ["segfault"] => {
            linger();
            sys::segfault()
        }
        ["sleep", _marker] => return sleep(),
        ["daemon", marker] => start_daemon(marker),
        ["wait-for-signal"] => wait_for_signal(),
        ["block-signals", command @ ..] => block_signals(command),
        ["wait-and-look", path] => wait_and_look(Path::new(path)),
        ["take-memory", mebibytes, _marker] => take_memory(mebibytes),
        ["start-crowd", most, marker] => start_crowd(most, marker),
        ["look-at-network"] => network::look_at_network(),
        ["make-harmless-calls"] => seccomp::make_harmless_calls(),
        ["look-at-root", list] => root::look_at_root(list),
        ["look-at-device", path] => extensions::look_at_device(path),
        ["look-at-groups"] => root::look_at_groups(),
        ["look-at-devices"] => root::look_at_devices(),
        ["look-behind-masks"] => root::look_behind_masks(),
        ["look-at-settings"] => root::look_at_settings(),
        ["make-user-namespace"] => users::make_user_namespace(),
        ["serve"] => network::serve(),
        ["greet", address] => network::greet(address),
        ["attack", host_pid_namespace, name, arguments @ ..] => {
            attacks::attack_from_inside(Path::new(host_pid_namespace), name, arguments)
        }
        _ => Err(sys::Error::new(format!("{PROBE} is how the checks start themselves again: {action:?}"))),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("probe: {error}");
            ExitCode::FAILURE
        }
    }
}

fn report(arguments: &[&str]) -> sys::Result<ExitCode> {
    let report = Report {
        pid: std::process::id(),
        parent: std::os::unix::process::parent_id(),
        hostname: hostname()?,
        arguments: arguments.iter().map(|&argument| argument.to_owned()).collect(),
        environment: std::env::vars_os()
            .map(|(name, value)| (name.to_string_lossy().into(), value.to_string_lossy().into()))
            .collect(),
        working_directory: std::env::current_dir()?,
        descriptors: descriptors()?,
        namespaces: namespaces()?,
        processes: processes(),
    };
    print_json(&report)
}

/// Print `value` for the check outside.
pub(crate) fn print_json(value: &impl Serialize) -> sys::Result<ExitCode> {
    println!("{}", serde_json::to_string(value).map_err(|error| sys::Error::new(error.to_string()))?);
    Ok(ExitCode::SUCCESS)
}

/// uname's nodename.
pub(crate) fn hostname() -> sys::Result<String> {
    let name = nix::unistd::gethostname().map_err(std::io::Error::from)?;
    Ok(name.to_string_lossy().into_owned())
}

/// The links in `/proc/self/ns`: two processes share a namespace when their links read the same.
pub(crate) fn namespaces() -> sys::Result<BTreeMap<String, PathBuf>> {
    let mut namespaces = BTreeMap::new();
    for entry in fs_err::read_dir("/proc/self/ns")? {
        let entry = entry?;
        namespaces.insert(entry.file_name().to_string_lossy().into_owned(), fs_err::read_link(entry.path())?);
    }
    Ok(namespaces)
}

/// The numbers of all processes that `/proc` shows.
pub(crate) fn processes() -> Vec<i32> {
    let entries = fs_err::read_dir("/proc").into_iter().flatten().flatten();
    let mut processes: Vec<i32> =
        entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    processes.sort_unstable();
    processes
}

/// The words with which process `pid` was started; none if it is gone.
pub(crate) fn command_line(pid: i32) -> Vec<String> {
    let text = fs_err::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    text.split_terminator('\0').map(str::to_owned).collect()
}

/// Our open descriptors, without the one that reads the directory.
fn descriptors() -> sys::Result<Vec<i32>> {
    let mut numbers = Vec::new();
    for entry in fs_err::read_dir("/proc/self/fd")? {
        let entry = entry?;
        let target = fs_err::read_link(entry.path())?;
        let is_this_directory = target.starts_with("/proc") && target.ends_with("fd");
        let number: Option<i32> = entry.file_name().to_str().and_then(|name| name.parse().ok());
        numbers.extend(number.filter(|_| !is_this_directory));
    }
    numbers.sort_unstable();
    Ok(numbers)
}

/// The names of the blocked and of the ignored signals in the text of a `/proc/PID/status`.
pub(crate) fn signal_masks(status: &str) -> Option<(Vec<&str>, Vec<&str>)> {
    let names = |mask: &str| {
        let bits = status.lines().find_map(|line| line.strip_prefix(mask))?;
        let bits = u64::from_str_radix(bits.trim(), 16).ok()?;
        let set = |signal: &Signal| bits & (1 << (*signal as u64 - 1)) != 0;
        Some(Signal::iterator().filter(set).map(Signal::as_str).collect())
    };
    Some((names("SigBlk:")?, names("SigIgn:")?))
}

/// Live a moment: on a busy machine runc 1.1 and crun 1.8 now and then report exit code 1 for a command
/// that ends before they have finished starting it.
fn linger() {
    std::thread::sleep(Duration::from_millis(100));
}

/// Stay for a minute, found by the marker on our command line.
fn sleep() -> ExitCode {
    // Where the security module Yama is, only a child may be traced otherwise; elsewhere there is no such call.
    sys::prctl_set_ptracer_any().ok();
    println!("here");
    std::thread::sleep(Duration::from_secs(60));
    ExitCode::SUCCESS
}

/// Leave a process behind and end.
fn start_daemon(marker: &str) -> sys::Result<ExitCode> {
    let mut daemon = Command::new(std::env::current_exe()?);
    daemon.args([PROBE, "sleep", marker]).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let stdout = daemon.spawn()?.stdout;
    // Until it speaks it may be in the middle of execve, with no command line to be found by.
    let spoken = stdout.map(|pipe| BufReader::new(pipe).read_line(&mut String::new()));
    spoken.transpose()?;
    linger();
    Ok(ExitCode::SUCCESS)
}

/// Say that we are ready, wait for a signal, say which it was.
fn wait_for_signal() -> sys::Result<ExitCode> {
    let signals = sys::signalfd(&SigSet::from_iter([Signal::SIGTERM, Signal::SIGUSR1]))?;
    println!("ready");
    let received = sys::next_signal(&signals)?.ssi_signo;
    println!("signal {received}");
    std::thread::sleep(Duration::from_millis(200)); // time for a runtime that would kill us for it
    Ok(42.into())
}

/// Become `command` with some signals blocked.
fn block_signals(command: &[&str]) -> sys::Result<ExitCode> {
    let text = |text: &[u8]| CString::new(text).map_err(|error| sys::Error::new(error.to_string()));
    let arguments = command.iter().map(|word| text(word.as_bytes())).collect::<sys::Result<Vec<_>>>()?;
    let variables = std::env::vars_os()
        .map(|(name, value)| text([name.as_bytes(), value.as_bytes()].join(&b'=').as_slice()));
    let variables = variables.collect::<sys::Result<Vec<_>>>()?;
    let Some(program) = arguments.first() else { return Err(sys::Error::new("no command was given")) };
    sys::sigmask_set(&[Signal::SIGUSR1, Signal::SIGTTIN, Signal::SIGPROF, Signal::SIGWINCH])?;
    match sys::execve(program, &arguments, &variables)? {}
}

/// Say that we are ready, wait for a line, say whether `path` is there.
fn wait_and_look(path: &Path) -> sys::Result<ExitCode> {
    println!("ready");
    std::io::stdin().lock().read_line(&mut String::new())?;
    println!("{}", if path.exists() { "seen" } else { "not seen" });
    Ok(ExitCode::SUCCESS)
}

/// Take so many MiB and use them, say so, and hold them until standard input ends.
fn take_memory(mebibytes: &str) -> sys::Result<ExitCode> {
    let taken = memory(mebibytes)?;
    println!("taken");
    std::io::stdin().lock().read_line(&mut String::new())?;
    drop(taken);
    Ok(ExitCode::SUCCESS)
}

/// Start processes, at most `most`, say how many there are with us, and hold them until standard input ends.
fn start_crowd(most: &str, marker: &str) -> sys::Result<ExitCode> {
    let most = most.parse().map_err(|_| sys::Error::new(format!("{most:?} is no number")))?;
    let (mut crowd, why) = crowd(most, marker);
    println!("{} processes, then {why}", crowd.len() + 1);
    std::io::stdin().lock().read_line(&mut String::new())?;
    for child in &mut crowd {
        child.kill().and_then(|()| child.wait())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Processes that sleep, as many as we get, but at most `most`; and what ended it.
pub(crate) fn crowd(most: usize, marker: &str) -> (Vec<Child>, String) {
    let mut crowd = Vec::new();
    while crowd.len() < most {
        let program = std::env::current_exe().unwrap_or_default();
        let mut sleeper = Command::new(program);
        sleeper.args([PROBE, "sleep", marker]).stdin(Stdio::null()).stdout(Stdio::null());
        match sleeper.spawn() {
            Ok(child) => crowd.push(child),
            Err(error) => {
                let errno = error.raw_os_error().map(sys::Errno::from_raw);
                return (crowd, errno.map_or_else(|| error.to_string(), |errno| format!("{errno:?}")));
            }
        }
    }
    (crowd, "enough".to_owned())
}

/// Memory that is really used: the kernel gives a page when it is written to, not before.
pub(crate) fn memory(mebibytes: &str) -> sys::Result<Vec<u8>> {
    let size: usize =
        mebibytes.parse().map_err(|_| sys::Error::new(format!("{mebibytes:?} is no number")))?;
    Ok(vec![b'x'; size << 20])
}
