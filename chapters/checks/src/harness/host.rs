//! The host, before and after: what a careless suite would leave behind.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// Settings of the whole machine that a wrong program may reach for.
const SETTINGS: &[&str] = &[
    "/proc/sys/kernel/core_pattern",
    "/proc/sys/kernel/domainname",
    "/proc/sys/kernel/hostname",
    "/proc/sys/kernel/sysrq",
    "/proc/sys/vm/overcommit_memory",
    "/proc/sys/vm/panic_on_oom",
    "/sys/kernel/mm/transparent_hugepage/enabled",
];

/// Folders in which a stray file would show.
const FOLDERS: &[&str] = &["/", "/etc", "/usr", "/usr/bin", "/var/tmp", "/root", "/home", "/dev/shm", "/run"];

/// Places where things come and go, also those of other runs of a suite beside this one.
const BUSY: &[&str] = &["control groups", "files", "processes of ours"];

/// What is there, by the place where it is found.
pub struct Host {
    program: PathBuf,
    places: BTreeMap<&'static str, BTreeSet<String>>,
}

impl Host {
    /// What is there now, when this program is the one that may leave something behind.
    pub fn look() -> Host {
        Host::look_for(std::env::current_exe().unwrap_or_default())
    }

    /// What is there now. `program` is the one whose processes must not stay.
    pub fn look_for(program: impl Into<PathBuf>) -> Host {
        let program = program.into();
        let lines = |path: &str| -> BTreeSet<String> {
            let text = fs_err::read_to_string(path).unwrap_or_default();
            text.lines().map(str::to_owned).collect()
        };
        let setting = |path: &&str| fs_err::read_to_string(path).ok().map(|value| format!("{path}: {value}"));
        let interfaces = lines("/proc/net/dev");
        let interfaces = interfaces.iter().filter_map(|line| line.split_once(':'));
        let temporary = std::env::temp_dir();
        let files = FOLDERS.iter().map(Path::new).chain([&*temporary]).flat_map(entries);
        let places = BTreeMap::from([
            ("mounts", lines("/proc/self/mountinfo")),
            ("control groups", groups_below(Path::new("/sys/fs/cgroup")).into_iter().collect()),
            ("shared memory", lines("/proc/sysvipc/shm")),
            ("message queues", lines("/proc/sysvipc/msg")),
            ("semaphores", lines("/proc/sysvipc/sem")),
            ("network interfaces", interfaces.map(|(name, _)| name.trim().to_owned()).collect()),
            ("files", files.map(|path| path.to_string_lossy().into_owned()).collect()),
            ("settings", SETTINGS.iter().filter_map(setting).collect()),
            ("processes of ours", processes_of(&program)),
        ]);
        Host { program, places }
    }

    /// What has changed where nothing comes and goes: good at any moment.
    pub fn steady_difference(&self) -> Vec<String> {
        self.difference(|place| !BUSY.contains(&place))
    }

    /// What has changed anywhere, when nothing of ours runs any more. It waits for the kernel to bury the
    /// last process.
    pub fn difference_in_the_end(&self) -> Vec<String> {
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            let difference = self.difference(|_| true);
            if difference.is_empty() || Instant::now() > deadline {
                return difference;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// What is there now and was not before, or the other way round. Among groups and files only new ones with a name of
    /// ours count, because other people's come and go on a machine in use.
    fn difference(&self, counts: impl Fn(&str) -> bool) -> Vec<String> {
        let now = Host::look_for(&self.program);
        let mut difference = Vec::new();
        for (place, seen) in now.places.iter().filter(|(place, _)| counts(place)) {
            let everybodys = ["control groups", "files"].contains(place);
            let changed = seen.symmetric_difference(&self.places[place]);
            let ours =
                |name: &&String| !everybodys || (seen.contains(*name) && name.contains("minicontainer"));
            let ours = changed.filter(|name| ours(name) && !is_of_another_suite(name));
            difference.extend(ours.map(|name| format!("{place}: {name}")));
        }
        difference
    }
}

/// Whether `name` belongs to somebody who runs beside us, a suite or one container: the number in it is that of another
/// process, which lives.
fn is_of_another_suite(name: &str) -> bool {
    let after = ["minicontainer-demo-", "minicontainer-fence-", "minicontainer-grade-", "minicontainer-"]
        .iter()
        .find_map(|prefix| name.split_once(prefix).map(|(_, rest)| rest));
    let number = after.and_then(|rest| rest.split(['-', '/']).next()?.parse::<u32>().ok());
    number
        .is_some_and(|number| number != std::process::id() && Path::new(&format!("/proc/{number}")).exists())
}

fn entries(path: &Path) -> Vec<PathBuf> {
    let entries = fs_err::read_dir(path).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

fn groups_below(path: &Path) -> Vec<String> {
    let folders = entries(path).into_iter().filter(|entry| entry.is_dir() && !entry.is_symlink());
    folders
        .flat_map(|folder| {
            let below = groups_below(&folder);
            below.into_iter().chain([folder.to_string_lossy().into_owned()])
        })
        .collect()
}

/// Processes that run `program`, under whatever name and in whatever PID namespace, but for this one.
fn processes_of(program: &Path) -> BTreeSet<String> {
    let is_ours = |folder: &PathBuf| {
        let this_one = folder.ends_with(std::process::id().to_string());
        fs_err::read_link(folder.join("exe")).is_ok_and(|exe| exe == program) && !this_one
    };
    let folders = entries(Path::new("/proc")).into_iter().filter(is_ours);
    folders.map(|folder| folder.to_string_lossy().into_owned()).collect()
}
