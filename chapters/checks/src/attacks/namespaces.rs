//! Attacks that the first four chapters stop: on what the caller and the host leave open.

use std::{io::Read, os::fd::AsRawFd, process::Command};

use sys::{Pid, WaitPidFlag};

use super::{Loot, find_by_marker, from_inside};
use crate::{
    Scene, User,
    catalogue::leave_open,
    probe::hostname,
    scene::{self, Stop},
    subject::Request,
};

pub(super) fn steal_variables(scene: &Scene) -> Result<(bool, String), Stop> {
    let attacker = scene.attacker("steal_variables", &["PASSWORD"])?;
    let ended = scene.run_with(&attacker, |caller| {
        caller.env("PASSWORD", "hunter2");
    })?;
    let loot: Loot = ended.json()?;
    Ok((loot.got_through, loot.evidence))
}

pub(super) fn use_open_file(scene: &Scene) -> Result<(bool, String), Stop> {
    let file = leave_open(scene)?;
    // In a container whose files are not the host's, the path would lead nowhere; the descriptor does.
    let loot = from_inside(scene, "use_open_file", &[&file.file().as_raw_fd().to_string()])?;
    Ok((loot.got_through, loot.evidence))
}

pub(super) fn list_shared_memory(scene: &Scene) -> Result<(bool, String), Stop> {
    let made = Command::new("ipcmk").args(["--shmem", "4096"]).output().map_err(|error| {
        Stop::CouldNotRun(format!("ipcmk of util-linux makes the shared memory, and there is none: {error}"))
    })?;
    let said = String::from_utf8_lossy(&made.stdout).into_owned();
    let id = said.split_whitespace().last().unwrap_or_default();
    let loot = from_inside(scene, "list_shared_memory", &[id])?;
    Ok((loot.got_through, loot.evidence))
}

pub(super) fn rename_host(scene: &Scene) -> Result<(bool, String), Stop> {
    let loot = from_inside(scene, "rename_host", &["owned"])?;
    let now = hostname()?;
    Ok((now == "owned", format!("{}; the host is called {now:?}", loot.evidence)))
}

pub(super) fn kill_neighbour(scene: &Scene) -> Result<(bool, String), Stop> {
    scene::start_neighbour("innocent")?;
    let loot = from_inside(scene, "kill_neighbour", &["innocent"])?;
    let dead = scene::is_gone("innocent")?;
    Ok((dead, format!("{}; the neighbour is {}", loot.evidence, if dead { "dead" } else { "alive" })))
}

/// A tracer reads and writes all of its victim's memory, and decides what it does next.
pub(super) fn trace_neighbour(scene: &Scene) -> Result<(bool, String), Stop> {
    if User::current() == User::Ordinary {
        let why = "the user namespace that an ordinary user needs from chapter 2 on forbids it already";
        return Err(Stop::DoesNotApply(why.to_owned()));
    }
    // Where there is no Yama, nothing but the kernel's own rules decides: ptrace(2).
    let scope = fs_err::read_to_string("/proc/sys/kernel/yama/ptrace_scope").unwrap_or_default();
    if !["", "0", "1"].contains(&scope.trim()) {
        let why = "this machine lets nobody trace who is not an administrator (kernel.yama.ptrace_scope)";
        return Err(Stop::DoesNotApply(why.to_owned()));
    }
    scene::start_neighbour("innocent")?;
    let loot = from_inside(scene, "trace_neighbour", &["innocent"])?;
    Ok((loot.got_through, loot.evidence))
}

pub(super) fn outlive(scene: &Scene) -> Result<(bool, String), Stop> {
    let request = Request { command: scene::probe(["daemon", "survivor"])?, ..Default::default() };
    let ended = scene.run(&request)?;
    let survived = !scene::is_gone("survivor")?;
    Ok((survived, format!("{ended}; the process is {}", if survived { "still there" } else { "gone" })))
}

pub(super) fn spy_on_processes(scene: &Scene) -> Result<(bool, String), Stop> {
    scene::start_neighbour("password=hunter2")?;
    let loot = from_inside(scene, "spy_on_processes", &["password=hunter2"])?;
    Ok((loot.got_through, loot.evidence))
}

pub(super) fn cover_files(scene: &Scene) -> Result<(bool, String), Stop> {
    let shop = scene.folder.join("shop");
    fs_err::create_dir(&shop)?;
    fs_err::write(shop.join("price"), "10")?;
    let loot = from_inside(scene, "cover_files", &[&shop.to_string_lossy()])?;
    let covered = !shop.join("price").exists();
    Ok((covered, format!("{}; the host's file is {}", loot.evidence, if covered { "gone" } else { "there" })))
}

/// The half inside of [`trace_neighbour`]: take hold, and let go at once.
pub(super) fn trace(marker: &str) -> Loot {
    let trace = || -> Result<Pid, String> {
        let pid = Pid::from_raw(find_by_marker(marker)?);
        sys::ptrace_seize(pid).map_err(|error| error.what)?;
        let let_go = || -> sys::Result<()> {
            sys::ptrace_interrupt(pid)?;
            sys::waitpid(pid, WaitPidFlag::__WALL)?;
            sys::ptrace_detach(pid)
        };
        let_go().map(|()| pid).map_err(|error| error.what)
    };
    Loot::of(trace(), |pid| format!("ptrace(PTRACE_SEIZE, {pid}) = 0, and let go again"))
}

/// The half inside of [`use_open_file`].
pub(super) fn read_descriptor(descriptor: &str) -> Result<String, String> {
    let mut text = String::new();
    let path = format!("/proc/self/fd/{descriptor}");
    let file = fs_err::File::open(&path).map_err(|error| error.to_string());
    file?.read_to_string(&mut text).map_err(|error| error.to_string())?;
    Ok(text)
}

/// The half inside of [`list_shared_memory`].
pub(super) fn find_shared_memory(id: &str) -> Result<String, String> {
    let table = fs_err::read_to_string("/proc/sysvipc/shm").map_err(|error| error.to_string())?;
    // key, shmid, perms, size, …
    let mut rows = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let row = rows.find(|row| row.get(1) == Some(&id)).ok_or("no such segment")?;
    Ok(format!("/proc/sysvipc/shm: segment {id}, {} bytes", row[3]))
}
