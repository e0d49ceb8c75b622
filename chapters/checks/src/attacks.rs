//! Attack cards: short escapes and abuses. Each succeeds on the stage before its chapter, is stopped on
//! the stage after it, and undoes itself.
//!
//! Half of an attack runs outside, sets the trap and looks at the damage (`attempt`); the other half
//! runs inside the container as the probe ([`attack_from_inside`]).

mod kernel;
mod limits;
mod memory;
mod network;
mod root;
mod users;

use std::{
    io::Read,
    os::fd::AsRawFd,
    path::Path,
    process::{Command, ExitCode},
};

use serde::{Deserialize, Serialize};
use sys::{MsFlags, Pid, Signal};

use self::{
    kernel::{read_key, type_into_terminal, unshare_again},
    limits::{fork_bomb, see_host_groups},
    memory::{fill_memory, sacrifice_neighbour, take_memory_as_a_crowd},
    network::{use_abstract_socket, use_local_service},
    root::{change_groups, escape_chroot, poison_image, read_host_file, start_on_the_host, write_host_file},
    users::leave_root_program,
};
use crate::{
    PROBE, Scene,
    catalogue::leave_open,
    probe::{command_line, hostname, print_json, processes},
    scene::{self, Stop},
};

/// One escape or abuse.
pub struct Attack {
    /// Its name, in test names and tables.
    pub name: &'static str,
    /// The chapter whose feature stops it.
    pub chapter: u8,
    /// What it does.
    pub story: &'static str,
    /// Whether only root could do it in the first place.
    pub needs_root: bool,
    /// Real runtimes that are known to let it through, and why.
    pub known: &'static [(&'static str, &'static str)],
    /// Try it: whether it succeeded, and what shows it.
    pub(crate) attempt: fn(&Scene) -> Result<(bool, String), Stop>,
}

/// A row of [`ATTACKS`].
macro_rules! attack {
    ($chapter:literal $name:ident $story:literal) => {
        attack!($chapter $name $story, needs_root: false, known: [])
    };
    ($chapter:literal $name:ident $story:literal, needs_root: true) => {
        attack!($chapter $name $story, needs_root: true, known: [])
    };
    ($chapter:literal $name:ident $story:literal, known: [$($known:expr),*]) => {
        attack!($chapter $name $story, needs_root: false, known: [$($known),*])
    };
    ($chapter:literal $name:ident $story:literal, needs_root: $needs_root:literal, known: [$($known:expr),*]) => {
        Attack {
            name: stringify!($name),
            chapter: $chapter,
            story: $story,
            needs_root: $needs_root,
            known: &[$($known),*],
            attempt: $name,
        }
    };
}

/// All attacks, in the order of the book.
pub const ATTACKS: &[Attack] = &[
    attack!(1 steal_variables "Read a password from the caller's environment"),
    attack!(1 use_open_file "Read a file that the caller left open"),
    attack!(2 list_shared_memory "List the host's shared memory"),
    attack!(2 rename_host "Rename the host", needs_root: true),
    attack!(3 kill_neighbour "Kill a process of the host"),
    attack!(3 outlive "Leave a process behind that outlives the container"),
    attack!(4 spy_on_processes "Read a password from a host process's command line"),
    attack!(4 cover_files "Cover the host's files with a mount", needs_root: true),
    attack!(5 use_local_service "Speak to a service of the host that only listens on 127.0.0.1"),
    attack!(5 use_abstract_socket "Speak to a service of the host on an abstract Unix socket"),
    attack!(6 fill_memory "Take more memory than was given"),
    attack!(6 sacrifice_neighbour "Let the OOM killer take a process of the host"),
    attack!(7 fork_bomb "Take more processes than were given"),
    attack!(7 see_host_groups "Learn from its control groups who runs it"),
    attack!(8 read_host_file "Read a file of the host"),
    attack!(8 write_host_file "Write to a file of the host"),
    attack!(8 escape_chroot "Walk out of the root as out of a chroot"),
    attack!(8 start_on_the_host "Start in a directory of the host (CVE-2024-21626)", known: [
        ("crun", "crun 1.8 does not look where the working directory has led it; runc does since this CVE")]),
    attack!(8 change_groups "Make control groups of its own on the host"),
    attack!(9 poison_image "Change a file of the image that others are started from"),
    attack!(10 leave_root_program "Leave a program in a volume that makes everybody root", needs_root: true),
    attack!(12 unshare_again "Have all powers again, in a user namespace of its own"),
    attack!(12 read_key "Read a password from the caller's keyring"),
    attack!(12 type_into_terminal "Type into the caller's terminal"),
];

/// What the half inside reports.
#[derive(Serialize, Deserialize)]
struct Loot {
    got_through: bool,
    evidence: String,
}

impl Loot {
    fn of<T>(result: Result<T, String>, evidence: impl FnOnce(T) -> String) -> Loot {
        match result {
            Ok(value) => Loot { got_through: true, evidence: evidence(value) },
            Err(evidence) => Loot { got_through: false, evidence },
        }
    }
}

/// The half inside. It refuses to start in the host's PID namespace: outside of a fence.
pub(crate) fn attack_from_inside(host: &Path, name: &str, arguments: &[&str]) -> sys::Result<ExitCode> {
    if fs_err::read_link("/proc/self/ns/pid")? == host {
        return Err(sys::Error::new(format!("attack {name}: refused, this is not inside a fence")));
    }
    let loot = match (name, arguments) {
        ("steal_variables", [variable]) => Loot::of(
            std::env::var(variable).map_err(|_| format!("there is no variable {variable}")),
            |value| format!("{variable}={value}"),
        ),
        ("use_open_file", [descriptor]) => {
            Loot::of(read_descriptor(descriptor), |text| format!("read {text:?}"))
        }
        ("list_shared_memory", [id]) => Loot::of(find_shared_memory(id), |line| line),
        ("rename_host", [name]) => Loot::of(sys::sethostname(name).map_err(|error| error.what), |()| {
            format!("sethostname({name:?}) = 0")
        }),
        ("kill_neighbour", [marker]) => Loot::of(
            find_by_marker(marker).and_then(|pid| {
                sys::kill(Pid::from_raw(pid), Signal::SIGKILL).map_err(|error| error.what).map(|()| pid)
            }),
            |pid| format!("kill({pid}, SIGKILL) = 0"),
        ),
        ("spy_on_processes", [marker]) => Loot::of(find_by_marker(marker), |pid| {
            format!("/proc/{pid}/cmdline: {}", command_line(pid).last().cloned().unwrap_or_default())
        }),
        ("cover_files", [folder]) => Loot::of(
            sys::mount(Some("cover"), folder, Some("tmpfs"), MsFlags::empty(), None)
                .map_err(|error| error.what),
            |()| "mount = 0".to_owned(),
        ),
        ("use_local_service", [port]) => Loot::of(network::speak_to_port(port), |said| said),
        ("use_abstract_socket", [name]) => Loot::of(network::speak_to_abstract(name), |said| said),
        ("fill_memory", [mebibytes]) => {
            Loot::of(crate::probe::memory(mebibytes).map_err(|error| error.what), |taken| {
                format!("has {} bytes", taken.len())
            })
        }
        ("fork_bomb", [most]) => limits::start_bomb(most),
        ("see_host_groups", []) => limits::look_up(),
        ("read_host_file", [path]) => root::read(path),
        ("write_host_file", [path]) => root::write(path),
        ("escape_chroot", [path]) => root::walk_out(path),
        ("poison_image", [inside, outside]) => root::poison(inside, outside),
        ("leave_root_program", [path]) => users::leave(path),
        ("unshare_again", [folder]) => kernel::unshare(folder),
        ("read_key", []) => kernel::read_keyring(),
        ("type_into_terminal", []) => kernel::type_a_letter(),
        ("change_groups", []) => root::make_group(),
        ("sacrifice_neighbour", [crowd, mebibytes]) => {
            let crowd = crowd.parse().map_err(|_| sys::Error::new(format!("{crowd:?} is no number")))?;
            Loot::of(take_memory_as_a_crowd(crowd, mebibytes), |()| {
                format!("{crowd} processes have {mebibytes} MiB each")
            })
        }
        _ => return Err(sys::Error::new(format!("there is no attack {name} with {arguments:?}"))),
    };
    print_json(&loot)
}

fn read_descriptor(descriptor: &str) -> Result<String, String> {
    let mut text = String::new();
    let path = format!("/proc/self/fd/{descriptor}");
    let file = fs_err::File::open(&path).map_err(|error| error.to_string());
    file?.read_to_string(&mut text).map_err(|error| error.to_string())?;
    Ok(text)
}

fn find_shared_memory(id: &str) -> Result<String, String> {
    let table = fs_err::read_to_string("/proc/sysvipc/shm").map_err(|error| error.to_string())?;
    let line = table.lines().find(|line| line.split_whitespace().nth(1) == Some(id));
    line.map(|line| format!("/proc/sysvipc/shm: {}", line.trim())).ok_or_else(|| "no such segment".to_owned())
}

/// The neighbour that the outer half started, if `/proc` shows it.
fn find_by_marker(marker: &str) -> Result<i32, String> {
    let is_neighbour = |pid: &i32| {
        let words = command_line(*pid);
        words.get(1).is_some_and(|word| word == PROBE)
            && words.get(2).is_some_and(|word| word == "sleep")
            && words.get(3).is_some_and(|word| word == marker)
    };
    processes().into_iter().find(is_neighbour).ok_or_else(|| "/proc shows no such process".to_owned())
}

/// Run the half inside and bring its loot.
fn from_inside(scene: &Scene, name: &str, arguments: &[&str]) -> Result<Loot, Stop> {
    scene.run(&scene.attacker(name, arguments)?)?.json()
}

fn steal_variables(scene: &Scene) -> Result<(bool, String), Stop> {
    let attacker = scene.attacker("steal_variables", &["PASSWORD"])?;
    let ended = scene.run_with(&attacker, |caller| {
        caller.env("PASSWORD", "hunter2");
    })?;
    let loot: Loot = ended.json()?;
    Ok((loot.got_through, loot.evidence))
}

fn use_open_file(scene: &Scene) -> Result<(bool, String), Stop> {
    let file = leave_open(scene)?;
    // In a container whose files are not the host's, the path would lead nowhere; the descriptor does.
    let loot = from_inside(scene, "use_open_file", &[&file.file().as_raw_fd().to_string()])?;
    Ok((loot.got_through, loot.evidence))
}

fn list_shared_memory(scene: &Scene) -> Result<(bool, String), Stop> {
    let made = Command::new("ipcmk").args(["--shmem", "4096"]).output().map_err(|error| {
        Stop::CouldNotRun(format!("ipcmk of util-linux makes the shared memory, and there is none: {error}"))
    })?;
    let said = String::from_utf8_lossy(&made.stdout).into_owned();
    let id = said.split_whitespace().last().unwrap_or_default();
    let loot = from_inside(scene, "list_shared_memory", &[id])?;
    Ok((loot.got_through, loot.evidence))
}

fn rename_host(scene: &Scene) -> Result<(bool, String), Stop> {
    let loot = from_inside(scene, "rename_host", &["owned"])?;
    let now = hostname()?;
    Ok((now == "owned", format!("{}; the host is called {now:?}", loot.evidence)))
}

fn kill_neighbour(scene: &Scene) -> Result<(bool, String), Stop> {
    scene::start_neighbour("innocent")?;
    let loot = from_inside(scene, "kill_neighbour", &["innocent"])?;
    let dead = scene::is_gone("innocent")?;
    Ok((dead, format!("{}; the neighbour is {}", loot.evidence, if dead { "dead" } else { "alive" })))
}

fn outlive(scene: &Scene) -> Result<(bool, String), Stop> {
    let request =
        crate::subject::Request { command: scene::probe(["daemon", "survivor"])?, ..Default::default() };
    let ended = scene.run(&request)?;
    let survived = !scene::is_gone("survivor")?;
    Ok((survived, format!("{ended}; the process is {}", if survived { "still there" } else { "gone" })))
}

fn spy_on_processes(scene: &Scene) -> Result<(bool, String), Stop> {
    scene::start_neighbour("password=hunter2")?;
    let loot = from_inside(scene, "spy_on_processes", &["password=hunter2"])?;
    Ok((loot.got_through, loot.evidence))
}

fn cover_files(scene: &Scene) -> Result<(bool, String), Stop> {
    let shop = scene.folder.join("shop");
    fs_err::create_dir(&shop)?;
    fs_err::write(shop.join("price"), "10")?;
    let loot = from_inside(scene, "cover_files", &[&shop.to_string_lossy()])?;
    let covered = !shop.join("price").exists();
    Ok((covered, format!("{}; the host's file is {}", loot.evidence, if covered { "gone" } else { "there" })))
}
