//! Attacks that chapter 6: memory stops.
//!
//! What is taken is bounded three times: by the attack itself, by the fence's limit of what one process may
//! have, and by its cage, where there is one.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use sys::MsFlags;

use super::Loot;
use crate::{
    PROBE, Scene, fence,
    scene::{self, Ended, Stop, patience},
    subject::Request,
};

/// What the container is given.
const GIVEN: u64 = 64 << 20;

/// The attacker, in a container with a limit: the flag came with this chapter.
fn attacker(scene: &Scene, name: &str, arguments: &[&str]) -> Result<Request, Stop> {
    Ok(Request { memory: Some(GIVEN), ..scene.attacker(name, arguments)? })
}

pub(super) fn fill_memory(scene: &Scene) -> Result<(bool, String), Stop> {
    scene.needs_groups()?;
    // Twice what was given, so 64 MiB too much.
    let ended = scene.run(&attacker(scene, "fill_memory", &["128"])?)?;
    loot_or_killed(&ended)
}

/// Whoever wants too much has nothing to tell any more.
fn loot_or_killed(ended: &Ended) -> Result<(bool, String), Stop> {
    match ended.json::<Loot>() {
        Ok(loot) => Ok((loot.got_through, loot.evidence)),
        Err(_) if ended.status.code() == Some(137) => Ok((false, "killed: exit code 137".to_owned())),
        Err(stop) => Err(stop),
    }
}

/// Files, of which each takes about 1 KiB of the kernel's memory, and none any of the file system's.
const FILES: u32 = 45_000;
/// What the container is given: less than that.
const GIVEN_FOR_FILES: u64 = 32 << 20;

/// What the kernel remembers for a process is memory too, and counts for the group that made it necessary.
pub(super) fn fill_inodes(scene: &Scene) -> Result<(bool, String), Stop> {
    scene.needs_groups()?;
    let place = scene.folder.join("files");
    fs_err::create_dir(&place)?;
    // Without a limit of its own: by default it is what the machine has.
    sys::mount(
        Some("files"),
        &place,
        Some("tmpfs"),
        MsFlags::empty(),
        Some("nr_inodes=0,size=1m,mode=1777"),
    )?;
    let attacker = scene.attacker("fill_inodes", &[&place.to_string_lossy(), &FILES.to_string()])?;
    let ended = scene.run(&Request { memory: Some(GIVEN_FOR_FILES), ..attacker })?;
    loot_or_killed(&ended)
}

/// The half inside of [`fill_inodes`].
pub(super) fn make_files(place: &str, most: &str) -> Loot {
    let most: u32 = most.parse().unwrap_or_default();
    let mut numbers = 0..most;
    let failed = numbers.find_map(|number| {
        fs_err::File::create(Path::new(place).join(number.to_string())).err().map(|error| (number, error))
    });
    match failed {
        None => Loot { got_through: true, evidence: format!("made {most} empty files") },
        Some((number, error)) => {
            Loot { got_through: false, evidence: format!("made {number} empty files, then {error}") }
        }
    }
}

/// A machine in small, in which a neighbour is the greatest process: a group with this much memory.
const MACHINE: &str = "167772160";
/// The neighbour's share of it, in MiB.
const NEIGHBOUR: &str = "64";
/// The attackers are each smaller than the neighbour, and together too many: 144 MiB.
const CROWD: [&str; 2] = ["12", "12"];

/// The OOM killer takes the greatest process of the group that has no more, not the one that asks for more.
pub(super) fn sacrifice_neighbour(scene: &Scene) -> Result<(bool, String), Stop> {
    scene.needs_groups()?;
    let machine = Machine::build(scene.memory_group()?)?;
    let mut neighbour = machine.start_neighbour()?;
    let request = attacker(scene, "sacrifice_neighbour", &CROWD)?;
    let ended = scene.run_in_group(&request, &machine.group)?;
    let dead = !scene::is_there("innocent");
    neighbour.kill()?;
    neighbour.wait()?;
    let loot = ended.json::<Loot>().map_or_else(|_| ended.to_string(), |loot| loot.evidence);
    Ok((dead, format!("{loot}; the neighbour is {}", if dead { "dead" } else { "alive" })))
}

/// A control group that plays the machine.
struct Machine {
    group: PathBuf,
}

impl Machine {
    fn build(parent: &Path) -> Result<Machine, Stop> {
        let machine = Machine { group: parent.join("machine") };
        fs_err::create_dir(&machine.group)?;
        for file in ["memory.max", "memory.limit_in_bytes", "memory.memsw.limit_in_bytes"] {
            if machine.group.join(file).exists() {
                fs_err::write(machine.group.join(file), MACHINE)?;
            }
        }
        let swap = machine.group.join("memory.swap.max");
        if swap.exists() {
            fs_err::write(swap, "0")?;
        }
        Ok(machine)
    }

    /// Start a process in it that has some memory of its own.
    fn start_neighbour(&self) -> Result<Child, Stop> {
        let words = scene::probe(["take-memory", NEIGHBOUR, "innocent"])?;
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "echo $$ > \"$0\" && exec \"$@\""]).arg(self.group.join("cgroup.procs"));
        let mut child = command.args(words).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut said = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout).read_line(&mut said)?;
        }
        if said.trim() != "taken" {
            return Err(Stop::CouldNotRun("the neighbour could not take its memory".into()));
        }
        Ok(child)
    }
}

impl Drop for Machine {
    /// A group is empty a moment after its last process died.
    fn drop(&mut self) {
        let removed =
            fence::wait_until(Instant::now() + patience(), || Ok(fs_err::remove_dir(&self.group).is_ok()));
        if !removed.unwrap_or_default() {
            eprintln!("checks: the group {} could not be removed", self.group.display());
        }
    }
}

/// Start `count` processes that take `mebibytes` each; whether all have them at the same time.
pub(super) fn take_memory_as_a_crowd(count: u32, mebibytes: &str) -> Result<(), String> {
    let mut crowd = Vec::new();
    let mut outcome = Ok(());
    for _ in 0..count {
        match take_memory(mebibytes) {
            Ok(child) => crowd.push(child),
            Err(what) => {
                outcome = Err(what);
                break;
            }
        }
    }
    std::thread::sleep(Duration::from_millis(50)); // the killed ones need a moment to be gone
    for child in &mut crowd {
        if let Ok(Some(status)) = child.try_wait() {
            outcome = Err(format!("one of the attackers was taken: {status}"));
        }
        // One that is dead already cannot be killed again.
        child.kill().and_then(|()| child.wait().map(drop)).ok();
    }
    outcome
}

fn take_memory(mebibytes: &str) -> Result<Child, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut command = Command::new(program);
    command.args([PROBE, "take-memory", mebibytes, "crowd"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().map_err(|error| error.to_string())?;
    let mut said = String::new();
    if let Some(stdout) = child.stdout.take() {
        BufReader::new(stdout).read_line(&mut said).map_err(|error| error.to_string())?;
    }
    if said.trim() == "taken" {
        return Ok(child);
    }
    let status = child.wait().map_err(|error| error.to_string())?;
    Err(format!("an attacker was taken itself: {status}"))
}
