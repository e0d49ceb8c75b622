//! Attack cards: short escapes and abuses. Each succeeds on the stage before its chapter, is stopped on
//! the stage after it, and undoes itself.
//!
//! Half of an attack runs outside, sets the trap and looks at the damage (`attempt`); the other half
//! runs inside the container as the probe ([`attack_from_inside`]).

mod capabilities;
mod kernel;
mod limits;
mod memory;
mod namespaces;
mod network;
mod root;
mod runtime;
mod users;

use std::{path::Path, process::ExitCode};

use serde::{Deserialize, Serialize};
use sys::{MsFlags, Pid, Signal};

use self::{
    capabilities::{open_by_handle, open_disk, release_agent, set_core_pattern, uncover_masks, use_setuid},
    kernel::{read_key, type_into_terminal, unshare_again},
    limits::{fork_bomb, see_host_groups},
    memory::{fill_inodes, fill_memory, sacrifice_neighbour, take_memory_as_a_crowd},
    namespaces::{
        cover_files, kill_neighbour, list_shared_memory, outlive, rename_host, spy_on_processes,
        steal_variables, trace_neighbour, use_open_file,
    },
    network::{use_abstract_socket, use_local_service},
    root::{
        change_groups, escape_chroot, poison_image, press_sysrq, read_host_file, start_on_the_host,
        write_host_file,
    },
    runtime::{reach_runtime, replace_runtime},
    users::leave_root_program,
};
use crate::{
    PROBE, Scene,
    probe::{command_line, print_json, processes},
    scene::Stop,
};

/// One escape or abuse.
pub struct Attack {
    /// Its name, in test names and tables.
    pub name: &'static str,
    /// The chapter whose feature stops it.
    pub chapter: u8,
    /// What it does.
    pub story: &'static str,
    /// Who could do it in the first place.
    pub needs: Needs,
    /// Real runtimes that are known to let it through, and why.
    pub known: &'static [(&'static str, &'static str)],
    /// Try it: whether it succeeded, and what shows it.
    pub(crate) attempt: fn(&Scene) -> Result<(bool, String), Stop>,
}

/// Who could do an attack if there was no container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Every user.
    Anybody,
    /// Root, and be it the one of the fence, who is nobody outside of it.
    Root,
    /// The host's real root: what is attacked belongs to the host, and the fence's root may not open it.
    RealRoot,
}

/// A row of [`ATTACKS`].
macro_rules! attack {
    ($chapter:literal $name:ident $story:literal) => {
        attack!($chapter $name $story, needs: Anybody, known: [])
    };
    ($chapter:literal $name:ident $story:literal, needs: $needs:ident) => {
        attack!($chapter $name $story, needs: $needs, known: [])
    };
    ($chapter:literal $name:ident $story:literal, known: [$($known:expr),*]) => {
        attack!($chapter $name $story, needs: Anybody, known: [$($known),*])
    };
    ($chapter:literal $name:ident $story:literal, needs: $needs:ident, known: [$($known:expr),*]) => {
        Attack {
            name: stringify!($name),
            chapter: $chapter,
            story: $story,
            needs: Needs::$needs,
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
    attack!(2 rename_host "Rename the host", needs: Root),
    attack!(3 kill_neighbour "Kill a process of the host"),
    attack!(3 trace_neighbour "Take hold of a process of the host with ptrace", needs: Root),
    attack!(3 outlive "Leave a process behind that outlives the container"),
    attack!(4 spy_on_processes "Read a password from a host process's command line"),
    attack!(4 cover_files "Cover the host's files with a mount", needs: Root),
    attack!(4 reach_runtime "Reach the runtime's files through /proc (as in CVE-2016-9962)"),
    attack!(5 use_local_service "Speak to a service of the host that only listens on 127.0.0.1"),
    attack!(5 use_abstract_socket "Speak to a service of the host on an abstract Unix socket"),
    attack!(6 fill_memory "Take more memory than was given"),
    attack!(6 sacrifice_neighbour "Let the OOM killer take a process of the host"),
    attack!(6 fill_inodes "Take the kernel's memory with empty files"),
    attack!(7 fork_bomb "Take more processes than were given"),
    attack!(7 see_host_groups "Learn from its control groups who runs it"),
    attack!(8 read_host_file "Read a file of the host"),
    attack!(8 write_host_file "Write to a file of the host"),
    attack!(8 escape_chroot "Walk out of the root as out of a chroot"),
    attack!(8 start_on_the_host "Start in a directory of the host (CVE-2024-21626)", known: [
        ("crun", "crun 1.8 does not look where the working directory has led it; runc does since this CVE")]),
    attack!(8 change_groups "Make control groups of its own on the host"),
    attack!(8 replace_runtime "Put another program in the runtime's place (CVE-2019-5736)"),
    attack!(8 press_sysrq "Open the file that reboots the machine", needs: RealRoot),
    attack!(9 poison_image "Change a file of the image that others are started from"),
    attack!(10 leave_root_program "Leave a program in a volume that makes everybody root", needs: Root),
    attack!(11 uncover_masks "Take the cover off what is hidden in /proc"),
    attack!(11 set_core_pattern "Have the kernel start a program on the host at the next crash", needs: RealRoot),
    attack!(11 release_agent "Have the kernel start a program when a group is empty (CVE-2022-0492)", needs: RealRoot),
    attack!(11 open_disk "Read the host's disk through a device of its own", needs: RealRoot),
    attack!(11 open_by_handle "Open a file of the host by its number (the shocker of 2014)", needs: RealRoot),
    attack!(11 use_setuid "Become root again by a set-user-ID program", needs: Root),
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
            Loot::of(namespaces::read_descriptor(descriptor), |text| format!("read {text:?}"))
        }
        ("list_shared_memory", [id]) => Loot::of(namespaces::find_shared_memory(id), |line| line),
        ("rename_host", [name]) => Loot::of(sys::sethostname(name).map_err(|error| error.what), |()| {
            format!("sethostname({name:?}) = 0")
        }),
        ("kill_neighbour", [marker]) => Loot::of(
            find_by_marker(marker).and_then(|pid| {
                sys::kill(Pid::from_raw(pid), Signal::SIGKILL).map_err(|error| error.what).map(|()| pid)
            }),
            |pid| format!("kill({pid}, SIGKILL) = 0"),
        ),
        ("trace_neighbour", [marker]) => namespaces::trace(marker),
        ("reach_runtime", [secret]) => runtime::reach(secret),
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
        ("fill_inodes", [place, most]) => memory::make_files(place, most),
        ("fork_bomb", [most]) => limits::start_bomb(most),
        ("see_host_groups", []) => limits::look_up(),
        ("read_host_file", [path]) => root::read(path),
        ("write_host_file", [path]) => root::write(path),
        ("escape_chroot", [path]) => root::walk_out(path),
        ("poison_image", [inside, outside]) => root::poison(inside, outside),
        ("leave_root_program", [path]) => users::leave(path),
        ("replace_runtime", [path, device, inode]) => runtime::replace(path, device, inode),
        ("press_sysrq", []) => root::open_sysrq(),
        ("uncover_masks", [place]) => capabilities::uncover(place),
        ("set_core_pattern", [place]) => capabilities::open_core_pattern(place),
        ("release_agent", [place, hierarchies @ ..]) => capabilities::open_release_agent(place, hierarchies),
        ("open_disk", [place, kind, major, minor]) => capabilities::make_disk(place, kind, [major, minor]),
        ("open_by_handle", [shared, kind, bytes]) => capabilities::open_handle(shared, kind, bytes),
        ("use_setuid", [program]) => capabilities::become_root(program),
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

/// Whether `file` can be opened for writing. Nothing is written, and what is there stays: opening it is the evidence.
fn open_to_write(file: &Path) -> Loot {
    let opened = fs_err::OpenOptions::new().write(true).open(file);
    Loot::of(opened.map_err(|error| error.to_string()), |_| format!("open({file:?}, O_WRONLY) succeeded"))
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
