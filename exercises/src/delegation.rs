//! Delegation, behind the scenes: how an ordinary user gets a group in which he may make groups.
//!
//! Runs in: parent. Before: `rootless::borrow_root`, because D-Bus knows users by their ids, and `janitor::hire`.
//! Kernel: cgroup-v2.rst, "Delegation" and "No Internal Process Constraint".
//! See it: `systemctl --user status`, while a container runs.
//!
//! Under systemd every group belongs to a unit, and nobody else may write there. A unit with `Delegate=yes` is
//! the exception: below it the groups are ours, and systemd keeps out (<https://systemd.io/CGROUP_DELEGATION/>).
//! So we let the user's own systemd put this process into such a unit, a scope, as Podman does.
//!
//! It is asked with `busctl`, which comes with systemd: a D-Bus library would be dozens of crates to compile
//! for one message.

use std::{
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::Duration,
};

use sys::{Error, Pid, Result, Uid};

use crate::hierarchy::{self, Controller, Hierarchy, Version};

/// The leaf that this process sits in: a group that hands controllers down may hold no process itself.
const LEAF: &str = "runtime";

/// Let the user's systemd put this runtime into a scope of its own, where there is one and it is needed: root
/// needs none, and version 1 cannot be delegated safely.
pub fn ask_systemd() -> Result<()> {
    let uid = Uid::effective();
    let bus = Path::new("/run/user").join(uid.to_string());
    if uid.is_root() || !bus.join("bus").exists() || memory_of_version_2()?.is_none() {
        return Ok(());
    }
    sys::explain::note(
        "Behind the scenes: an ordinary user may make control groups only in one that was delegated to him. \
         His own systemd gives one to whoever asks.",
    );
    if start_scope(&scope(Pid::this()), &bus).is_err() {
        return Ok(()); // --explain has shown it; without a limit the container does without, with one it is told
    }
    let folder = wait_for_scope(&scope(Pid::this()))?;
    sys::mkdir(folder.join(LEAF))?;
    sys::write(folder.join(LEAF).join("cgroup.procs"), &Pid::this().to_string())
}

/// The name of the scope of a runtime.
pub fn scope(runtime: Pid) -> String {
    format!("minicontainer-{runtime}.scope")
}

fn memory_of_version_2() -> Result<Option<Hierarchy>> {
    let is_it = |hierarchy: &Hierarchy| {
        hierarchy.version == Version::V2 && hierarchy.controllers.contains(&Controller::Memory)
    };
    Ok(hierarchy::all()?.into_iter().find(is_it))
}

/// `StartTransientUnit` of org.freedesktop.systemd1(5), at the bus of the user.
fn start_scope(name: &str, bus: &Path) -> Result<()> {
    let pid = Pid::this().to_string();
    let line = format!("StartTransientUnit({name:?}, \"fail\", [Delegate=true, PIDs=[{pid}]])");
    sys::call_by_library("org.freedesktop.systemd1(5)", &line, || {
        const MANAGER: &str = "org.freedesktop.systemd1";
        let said = Command::new("busctl")
            .env("XDG_RUNTIME_DIR", bus) // sudo and su forget it
            .args(["--user", "call", MANAGER, "/org/freedesktop/systemd1"])
            .args([&format!("{MANAGER}.Manager"), "StartTransientUnit", "ssa(sv)a(sa(sv))", name, "fail"])
            .args(["2", "Delegate", "b", "true", "PIDs", "au", "1", &pid, "0"])
            .output()?;
        let why = String::from_utf8_lossy(&said.stderr).trim().to_owned();
        if said.status.success() { Ok(()) } else { Err(std::io::Error::other(why)) }
    })
}

/// Wait until we are in the scope: systemd has only promised it.
fn wait_for_scope(name: &str) -> Result<PathBuf> {
    for turn in 0..9 {
        let own = memory_of_version_2()?.and_then(|hierarchy| hierarchy.way.last().cloned());
        match own.filter(|group| group.ends_with(name)) {
            Some(scope) => return Ok(scope),
            None => thread::sleep(Duration::from_millis(4 << turn)),
        }
    }
    Err(Error::new(format!("systemd promised the scope {name}, and did not put us into it"))
        .remedy("Look at journalctl --user, or run it as root."))
}
