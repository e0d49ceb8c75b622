//! Every check and every attack, on every subject, and then: is the host as it was?

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

const MINICONTAINER: &str = env!("CARGO_BIN_EXE_minicontainer");

/// What a careless suite would leave behind, by the place where it would be found.
type Host = BTreeMap<&'static str, BTreeSet<String>>;

fn look_at_host() -> Host {
    let lines = |path: &str| -> BTreeSet<String> {
        let text = fs_err::read_to_string(path).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    };
    let names = |path: &str| folders(Path::new(path)).into_iter().collect();
    let interfaces =
        lines("/proc/net/dev").iter().filter_map(|line| line.split_once(':')).map(first).collect();
    let temporary = names(&std::env::temp_dir().to_string_lossy());
    BTreeMap::from([
        ("mounts", lines("/proc/self/mountinfo")),
        ("control groups", groups_below(Path::new("/sys/fs/cgroup"))),
        ("shared memory", lines("/proc/sysvipc/shm")),
        ("network interfaces", interfaces),
        ("temporary folders", temporary),
        ("hostname", lines("/proc/sys/kernel/hostname")),
        ("processes of ours", our_processes()),
    ])
}

fn first(pair: (&str, &str)) -> String {
    pair.0.trim().to_owned()
}

fn folders(path: &Path) -> Vec<String> {
    let entries = fs_err::read_dir(path).into_iter().flatten().flatten();
    let folders = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    folders.map(|entry| entry.path().to_string_lossy().into_owned()).collect()
}

fn groups_below(path: &Path) -> BTreeSet<String> {
    let here = folders(path);
    let below = here.iter().flat_map(|folder| groups_below(Path::new(folder)));
    below.chain(here.iter().cloned()).collect()
}

/// Processes that run our program, under whatever name and in whatever PID namespace.
fn our_processes() -> BTreeSet<String> {
    let is_ours = |folder: &String| {
        fs_err::read_link(Path::new(folder).join("exe"))
            .is_ok_and(|program| program == Path::new(MINICONTAINER))
    };
    folders(Path::new("/proc")).into_iter().filter(is_ours).collect()
}

/// What is there now and was not before, or the other way round. Only those with `mark` in their name
/// count among groups and temporary folders: other people's come and go on a machine in use.
fn difference(before: &Host, after: &Host, mark: &str) -> Vec<String> {
    let mut difference = Vec::new();
    for (place, seen) in after {
        let everybodys = ["control groups", "temporary folders"].contains(place);
        let changed = seen.symmetric_difference(&before[place]);
        let ours = changed.filter(|name| !everybodys || name.contains(mark));
        difference.extend(ours.map(|name| format!("{place}: {name}")));
    }
    difference
}

#[test]
fn the_ladder_leaves_the_host_as_it_was() {
    let before = look_at_host();
    let ladder =
        Command::new(MINICONTAINER).args(["ladder", "--json"]).stdout(Stdio::piped()).spawn().unwrap();
    let mark = format!("minicontainer-fence-{}-", ladder.id());
    let ladder = ladder.wait_with_output().unwrap();
    assert!(ladder.status.success(), "{ladder:?}");
    assert!(ladder.stdout.len() > 1000, "the ladder observed nothing: {ladder:?}");

    // The kernel takes a moment to bury the last process.
    let deadline = Instant::now() + Duration::from_secs(10);
    while !difference(&before, &look_at_host(), &mark).is_empty() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(difference(&before, &look_at_host(), &mark), Vec::<String>::new());
}
