//! A crowd of containers at once, each with limits and a cable to the bridge, half of them killed with SIGKILL
//! at a random moment. Afterwards nothing of them is left: no control group, mount, interface, address, rule,
//! process or file.
//!
//! The crowd lives in a network namespace of its own: this program starts itself again there, as [`ROLE`].

use std::{
    collections::hash_map::RandomState,
    hash::BuildHasher,
    path::Path,
    process::{Child, Command, ExitCode, Stdio},
    time::{Duration, Instant},
};

use checks::{
    User,
    harness::{self, Host},
};
use libtest_mimic::{Completion, Failed, Trial};
use sys::{Pid, Signal};

const MINICONTAINER: &str = env!("CARGO_BIN_EXE_minicontainer");

/// First argument of this program when it starts the crowd; the second is how many.
const ROLE: &str = "crowd";

/// What everybody in it is. It ends when nobody has its standard input any more.
const CONTAINER: [&str; 9] =
    ["run", "--network", "bridge", "--memory", "32m", "--pids-limit", "20", "--", "cat"];

/// How long to wait until all that are left have their cables.
const PATIENCE: Duration = Duration::from_secs(120);

/// The moments at which half of them are killed: some before there is a child, some with all of it there.
const MOMENTS: Duration = Duration::from_secs(3);

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [role, count] = arguments.as_slice()
        && role == ROLE
    {
        return match crowd(count.parse().expect("how many")) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                println!("{}", error.message().unwrap_or_default());
                ExitCode::FAILURE
            }
        };
    }
    // User-mode Linux has one processor, and is slow at what containers begin with.
    let count = if sys::in_user_mode_linux() { 40 } else { 100 };
    let name = format!("{count}_at_once_leave_nothing");
    harness::main_with(|| vec![Trial::ignorable_test(name, move || nothing_is_left(count))])
}

fn nothing_is_left(count: usize) -> Result<Completion, Failed> {
    if let Some(reason) = why_not() {
        return harness::could_not_run(&reason);
    }
    let host = Host::look_for(MINICONTAINER);
    let home = tempfile::tempdir()?;
    let mut crowd = in_own_network(std::env::current_exe()?.as_os_str());
    let output = crowd.args([ROLE, &count.to_string()]).env("HOME", home.path()).output()?;
    if !output.status.success() {
        let said = [output.stdout, output.stderr].concat();
        return Err(String::from_utf8_lossy(&said).into_owned().into());
    }
    let mut left = host.difference_in_the_end();
    // The programs that we start may have habits of their own: nft keeps a history.
    left.extend(fs_err::read_dir(home.path())?.flatten().map(|entry| entry.path().display().to_string()));
    if left.is_empty() { Ok(Completion::Completed) } else { Err(left.join("\n").into()) }
}

/// `program` in a network namespace of its own; for an ordinary user in a user namespace as well.
fn in_own_network(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut unshare = Command::new("unshare");
    unshare.arg("--net");
    if User::current() == User::Ordinary {
        unshare.arg("--map-root-user");
    }
    unshare.arg(program);
    unshare
}

/// One alone, so that what this machine or user cannot do is told from what goes wrong in a crowd.
fn why_not() -> Option<String> {
    let mut one = in_own_network(MINICONTAINER);
    let output = one.args(&CONTAINER[..8]).arg("true").output();
    match output {
        Ok(output) if output.status.success() => None,
        Ok(output) => Some(String::from_utf8_lossy(&output.stderr).into_owned()),
        Err(error) => Some(format!("unshare of util-linux: {error}")),
    }
}

/// Start them all, kill half of them, end the others when all of these are there, and look what is left. Inside.
fn crowd(count: usize) -> Result<(), Failed> {
    let before = Host::look_for(MINICONTAINER);
    let begin = Instant::now();
    let mut containers = (0..count).map(|_| start()).collect::<Result<Vec<_>, _>>()?;
    let mut victims: Vec<(Duration, usize)> = (0..count).step_by(2).map(|one| (moment(one), one)).collect();
    victims.sort();
    for (when, one) in victims {
        std::thread::sleep(when.saturating_sub(begin.elapsed()));
        let pid = Pid::from_raw(i32::try_from(containers[one].id())?);
        sys::kill(pid, Signal::SIGKILL)?;
    }
    let others = count / 2;
    while cables() < others && begin.elapsed() < PATIENCE {
        std::thread::sleep(Duration::from_millis(50));
    }
    let mut faults = Vec::new();
    if cables() < others {
        faults.push(format!("{} cables of {others} were there at once: this was no crowd", cables()));
    }
    for container in &mut containers {
        drop(container.stdin.take());
    }
    for (one, container) in containers.drain(..).enumerate() {
        let output = container.wait_with_output()?;
        if one % 2 == 1 && !output.status.success() {
            faults.push(format!(
                "container {one}: {}: {}",
                output.status,
                String::from_utf8_lossy(&output.stderr)
            ));
        }
    }
    faults.extend(before.difference_in_the_end());
    faults.extend(tables());
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n").into()) }
}

fn start() -> std::io::Result<Child> {
    let mut command = Command::new(MINICONTAINER);
    command.args(CONTAINER).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()
}

/// A random moment.
fn moment(one: usize) -> Duration {
    let random = RandomState::new().hash_one(one);
    Duration::from_nanos(random % u64::try_from(MOMENTS.as_nanos()).unwrap_or(u64::MAX))
}

/// How many cables lead to containers now: network interfaces besides loopback and the bridge.
fn cables() -> usize {
    let table = fs_err::read_to_string("/proc/net/dev").unwrap_or_default();
    let names = table.lines().filter_map(|line| Some(line.split_once(':')?.0.trim()));
    names.filter(|name| !["lo", "mini0"].contains(name)).count()
}

/// Tables of nftables that are left, where there is a program to list them.
fn tables() -> Option<String> {
    let nft =
        ["/usr/sbin/nft", "/sbin/nft", "/usr/bin/nft"].into_iter().find(|path| Path::new(path).exists())?;
    let output = Command::new(nft).args(["list", "tables"]).output().ok()?;
    let listed = String::from_utf8_lossy(&output.stdout).into_owned();
    (!listed.trim().is_empty()).then(|| format!("rules: {listed}"))
}
