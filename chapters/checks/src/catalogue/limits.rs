//! Checks of chapter 7: pids, cpu and the cgroup namespace.

use std::{path::PathBuf, time::Instant};

use sys::Pid;

use super::{
    memory::{folder_of, path, read, shell_words},
    shell, whose,
};
use crate::{
    Scene, fence,
    scene::{self, Stop, patience},
    subject::Request,
};

/// How many processes the checks and attacks of this chapter ask for.
pub(crate) const PIDS: u32 = 20;
/// And how many microseconds of each 100,000: so few that the busiest machine has them.
const QUOTA: u32 = 5000;
/// Half of the usual share.
const SHARES: u64 = 512;

pub(super) fn pids_limit(scene: &Scene) -> Result<String, Stop> {
    scene.needs_groups()?;
    let crowd = scene::probe(["start-crowd", "60", "crowd"])?;
    let mut running = scene.start(&Request { pids: Some(PIDS), command: crowd, ..Request::default() })?;
    let said = running.line()?;
    let group = group_of("pids", running.wait_for("crowd")?)?;
    let limit = read(&group, ["pids.max"; 2])?;
    running.end()?;
    Ok(format!("limit: {limit}\nwith itself: {said}"))
}

pub(super) fn cpu_limit(scene: &Scene) -> Result<String, Stop> {
    scene.needs_groups()?;
    let witness = shell_words(&scene::probe(["sleep", "witness"])?);
    let command = shell(&format!("{witness} & while :; do :; done"));
    let spin = Request { cpu_quota: Some(QUOTA), command, ..Request::default() };
    let mut running = scene.start(&spin)?;
    let group = group_of("cpu", running.wait_for("witness")?)?;
    let limit = if group.join("cpu.max").exists() {
        read(&group, ["cpu.max"; 2])?
    } else {
        let version_1 = |name: &str| read(&group, [name; 2]);
        format!("{} {}", version_1("cpu.cfs_quota_us")?, version_1("cpu.cfs_period_us")?)
    };
    let is_limited = !limit.starts_with("max") && !limit.starts_with('-');
    let enough = if is_limited { patience() * 2 } else { patience() / 8 }; // nobody waits who has no limit
    let throttled = fence::wait_until(Instant::now() + enough, || {
        let stat = fs_err::read_to_string(group.join("cpu.stat"))?;
        let count = stat.lines().find_map(|line| line.strip_prefix("nr_throttled "));
        Ok(count.is_some_and(|count| count.trim() != "0"))
    })?;
    let throttled = if throttled { "it had to wait" } else { "it never had to wait" };
    Ok(format!("microseconds of each period: {limit}\n{throttled}"))
}

pub(super) fn cpu_shares(scene: &Scene) -> Result<String, Stop> {
    scene.needs_groups()?;
    let sleep = scene::probe(["sleep", "sharing"])?;
    let mut running =
        scene.start(&Request { cpu_shares: Some(SHARES), command: sleep, ..Request::default() })?;
    let group = group_of("cpu", running.wait_for("sharing")?)?;
    let share = read(&group, ["cpu.weight", "cpu.shares"])?;
    // Version 2 counts otherwise. Since runc 1.4 and crun 1.23 half of the usual is 59 there, and 20 before.
    let as_asked = ["512", "20", "59"].contains(&share.as_str());
    Ok(if as_asked { "half of the usual".to_owned() } else { share })
}

pub(super) fn own_cgroup_namespace(scene: &Scene) -> Result<String, Stop> {
    let report = scene.report(Request::default())?;
    let ended = scene.run(&Request { command: shell("cat /proc/self/cgroup"), ..Request::default() })?;
    let elsewhere = ended.stdout.lines().filter(|line| !line.ends_with(":/")).count();
    let its_groups = if elsewhere == 0 { "at the top" } else { "somewhere below the top" };
    Ok(format!("cgroup namespace: {}\nits groups: {its_groups}", whose(&report, "cgroup")?))
}

/// The group of `controller` in which the process is.
fn group_of(controller: &str, process: Pid) -> Result<PathBuf, Stop> {
    let group = folder_of(controller, process);
    group.ok_or_else(|| Stop::Failed(format!("its group for {controller} is not to be found")))
}

/// What a process in the container reads of its groups: for the attack.
pub(crate) fn group_that_shows() -> Result<String, String> {
    let own = Pid::this();
    let shown = ["memory", "pids", "cpu"].iter().filter_map(|name| path(name, own)).find(|path| path != "/");
    shown.ok_or_else(|| "/proc/self/cgroup shows / and nothing above it".to_owned())
}
