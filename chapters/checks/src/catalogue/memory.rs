//! Checks of chapter 6: memory.
//!
//! What a group is set to is read from outside, while the container runs: its path stands in
//! `/proc/PID/cgroup` of a process inside.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    time::Instant,
};

use sys::{Pid, Side, Signal};

use super::shell;
use crate::{
    Scene, fence,
    scene::{self, Running, Stop, patience},
    subject::Request,
};

/// The limit that the checks ask for: 64 MiB, more than any runtime needs for its own start.
const LIMIT: u64 = 64 << 20;
/// Twice as much, in MiB.
const TOO_MUCH: &str = "128";

pub(super) fn own_cgroup(scene: &Scene) -> Result<String, Stop> {
    scene.needs_groups()?;
    let child = shell_words(&scene::probe(["sleep", "its-child"])?);
    let itself = shell_words(&scene::probe(["sleep", "itself"])?);
    // The child is there before anything else happens: whoever moves the command later has lost it.
    let script = format!("{child} & exec {itself}");
    let mut running = scene.start(&Request { command: shell(&script), ..Request::default() })?;
    let (itself, child) = (running.wait_for("itself")?, running.wait_for("its-child")?);
    let text = ["memory", "pids", "cpu"].map(|controller| {
        let whose = if path(controller, itself) == path(controller, Pid::this()) {
            "the caller's"
        } else {
            "its own"
        };
        let same = if path(controller, child) == path(controller, itself) { "the same" } else { "another" };
        format!("{controller}: {whose}, its child is in {same}")
    });
    Ok(text.join("\n"))
}

/// What a late runtime is late with depends on the machine, so the calls are looked at.
pub(super) fn joins_in_time(scene: &Scene) -> Result<String, Stop> {
    scene.needs_groups()?;
    let explained = scene.explain(&[])?;
    let calls = scene::calls(&explained, Side::Parent);
    // Before clone a runtime may have moved itself.
    let calls: Vec<&str> = calls.into_iter().skip_while(|call| !call.starts_with("clone3(")).collect();
    let join = calls.iter().position(|call| call.starts_with("write(") && call.contains("/cgroup.procs\""));
    let proceed = calls.iter().position(|call| call.starts_with("send(") && call.contains("\"Proceed\""));
    match (join, proceed) {
        (Some(join), Some(proceed)) if join > proceed => Ok("joins after Proceed".to_owned()),
        (Some(_), Some(_)) => Ok("joins before Proceed".to_owned()),
        (None, Some(_)) => Ok("does not join".to_owned()),
        (_, None) => Err(Stop::Failed(format!("Proceed is never said: {}", scene::said_beside(&explained)))),
    }
}

pub(super) fn memory_limit(scene: &Scene) -> Result<String, Stop> {
    scene.needs_groups()?;
    let request =
        Request { memory: Some(LIMIT), command: scene::probe(["sleep", "limited"])?, ..Request::default() };
    let mut running = scene.start(&request)?;
    let group = folder(running.wait_for("limited")?)?;
    let limit = read(&group, ["memory.max", "memory.limit_in_bytes"])?;
    Ok(format!("memory: {limit}\nmemory and swap: {}", with_swap(&group, &limit)?))
}

/// The limit of memory and swap together: version 1 has it in a file, version 2 has swap alone.
fn with_swap(group: &Path, limit: &str) -> Result<String, Stop> {
    if let Ok(both) = fs_err::read_to_string(group.join("memory.memsw.limit_in_bytes")) {
        return Ok(both.trim().to_owned());
    }
    let swap = match fs_err::read_to_string(group.join("memory.swap.max")) {
        Ok(swap) => swap.trim().to_owned(),
        Err(_) if fs_err::read_to_string("/proc/swaps")?.lines().count() < 2 => "0".to_owned(), // there is none
        Err(_) => return Err(Stop::CouldNotRun("this kernel has swap and does not count it".into())),
    };
    Ok(match (limit.parse::<u64>(), swap.parse::<u64>()) {
        (Ok(limit), Ok(swap)) => (limit + swap).to_string(),
        _ => format!("{limit} and {swap}"),
    })
}

pub(super) fn oom_kill(scene: &Scene) -> Result<String, Stop> {
    scene.needs_groups()?;
    scene::start_neighbour("neighbour")?;
    let greedy = scene::probe(["take-memory", TOO_MUCH, "greedy"])?;

    let witness = shell_words(&scene::probe(["sleep", "witness"])?);
    let script = format!("{witness} >&2 & {} </dev/null; echo child: $?; read end", shell_words(&greedy));
    let request = Request { memory: Some(LIMIT), command: shell(&script), ..Request::default() };
    let mut running = scene.start(&request)?;
    let mut child = running.line()?;
    if child == "taken" {
        child = running.line()?;
    }
    let counted = kills(&folder(running.wait_for("witness")?)?)?;
    running.end()?;

    let itself = scene.run(&Request { memory: Some(LIMIT), command: greedy, ..Request::default() })?;
    let neighbour = if scene::is_there("neighbour") { "lives" } else { "is gone" };
    Ok(format!("{child}\noom_kill: {counted}\nPID 1: {itself}\nthe neighbour: {neighbour}"))
}

pub(super) fn oom_kill_is_told(scene: &Scene) -> Result<String, Stop> {
    scene.needs_groups()?;
    let greedy = scene::probe(["take-memory", TOO_MUCH, "greedy"])?;
    let script = format!("{} </dev/null; exit 0", shell_words(&greedy));
    let as_child = Request { memory: Some(LIMIT), command: shell(&script), ..Request::default() };
    let itself = Request { memory: Some(LIMIT), command: greedy, ..Request::default() };
    let modest = Request { memory: Some(LIMIT), command: vec!["true".into()], ..Request::default() };
    let told = |request: &Request| -> Result<&str, Stop> {
        let said = scene.run(request)?.stderr;
        Ok(if said.contains("OOM killer") && said.contains("64 MiB") { "told" } else { "not told" })
    };
    Ok(format!("PID 1: {}\na child: {}\nnobody: {}", told(&itself)?, told(&as_child)?, told(&modest)?))
}

pub(super) fn group_is_removed(scene: &Scene) -> Result<String, Stop> {
    scene.needs_groups()?;
    let wait = Request { command: scene::probe(["take-memory", "1", "modest"])?, ..Request::default() };
    let mut text = Vec::new();
    for (what, signal) in [("after the end", None), ("after SIGKILL of the runtime", Some(Signal::SIGKILL))] {
        let mut running = scene.start(&wait)?;
        running.line()?;
        let groups = own_folders(running.wait_for("modest")?, runtime(&running));
        if let Some(signal) = signal {
            running.signal(signal)?;
        }
        running.end()?;
        let mut left = groups.clone();
        fence::wait_until(Instant::now() + patience(), || {
            left.retain(|group| group.exists());
            Ok(left.is_empty())
        })?;
        text.push(format!("{what}: of {} groups, {} are left", groups.len(), left.len()));
    }
    Ok(text.join("\n"))
}

/// The groups that a container has and its runtime has not.
fn own_folders(container: Pid, runtime: Pid) -> Vec<PathBuf> {
    let own =
        ["memory", "pids", "cpu"].into_iter().filter(|name| path(name, container) != path(name, runtime));
    own.filter_map(|name| folder_of(name, container)).collect()
}

/// How many processes the OOM killer took in `group`, and in those below.
fn kills(group: &Path) -> Result<String, Stop> {
    let events = read(group, ["memory.events", "memory.oom_control"])?;
    let count = events.lines().find_map(|line| line.strip_prefix("oom_kill "));
    count.map(str::to_owned).ok_or_else(|| Stop::CouldNotRun("this kernel does not count OOM kills".into()))
}

/// What stands in the file of `group`, which has one name in version 2 and another in version 1.
pub(super) fn read(group: &Path, names: [&str; 2]) -> Result<String, Stop> {
    let name = names.into_iter().find(|name| group.join(name).exists()).unwrap_or(names[1]);
    Ok(fs_err::read_to_string(group.join(name))?.trim().to_owned())
}

/// The group of process `pid` for `controller`: version 1 has a line for it, else it is version 2's.
pub(super) fn path(controller: &str, pid: Pid) -> Option<String> {
    let text = fs_err::read_to_string(format!("/proc/{pid}/cgroup")).ok()?;
    let find = |wanted: &dyn Fn(&str) -> bool| {
        text.lines().find_map(|line| {
            let [_, names, path] = line.splitn(3, ':').collect::<Vec<_>>()[..] else { return None };
            wanted(names).then(|| path.to_owned())
        })
    };
    find(&|names| names.split(',').any(|name| name == controller)).or_else(|| find(&str::is_empty))
}

/// The same as a folder.
pub(super) fn folder_of(controller: &str, pid: Pid) -> Option<PathBuf> {
    let path = path(controller, pid)?;
    let tops = [Path::new("/sys/fs/cgroup").join(controller), PathBuf::from("/sys/fs/cgroup")];
    tops.iter()
        .map(|top| top.join(path.trim_start_matches('/')))
        .find(|group| group.join("cgroup.procs").exists())
}

/// The group that limits the memory of process `pid`.
pub(super) fn folder(pid: Pid) -> Result<PathBuf, Stop> {
    folder_of("memory", pid).ok_or_else(|| Stop::Failed("its group for memory is not to be found".into()))
}

fn runtime(running: &Running) -> Pid {
    Pid::from_raw(i32::try_from(running.pid()).unwrap_or_default())
}

/// A command as a shell reads it, each word in quotes.
pub(super) fn shell_words(command: &[OsString]) -> String {
    let quoted = command.iter().map(|word| format!("'{}'", word.to_string_lossy().replace('\'', r"'\''")));
    quoted.collect::<Vec<_>>().join(" ")
}
