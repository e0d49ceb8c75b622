//! The checks of all chapters.
//!
//! Each was first made to pass on runc and crun; what they show is its snapshot.

pub(crate) mod extensions;
mod layers;
pub(crate) mod limits;
mod memory;
pub(crate) mod network;
mod privileges;
pub(crate) mod root;
pub(crate) mod seccomp;
pub(crate) mod users;

use std::{ffi::OsString, fmt::Write, os::unix::fs::PermissionsExt, time::Duration};

use extensions::{
    another_limit, extra_device, host_network, memory_reservation, own_network_namespace, proc_options,
    refusals_are_told, sysctl,
};
use layers::{diff, layers, upper};
use limits::{cpu_limit, cpu_shares, own_cgroup_namespace, pids_limit};
use memory::{group_is_removed, joins_in_time, memory_limit, oom_kill, oom_kill_is_told, own_cgroup};
use network::{bridge, bridge_is_removed, own_network};
use privileges::{
    added_for_user, bounding_set, capabilities, capability_flags, limited_sets, no_new_privs, noroot,
    user_capabilities,
};
use root::{
    devices, given_root, hostile_root, kernel_settings, masked_paths, own_groups_shown, own_root,
    read_only_root, scratch, volumes,
};
use seccomp::{
    blocklist, capability_opens, filter_is_last, profile_conditions, refused_calls, refused_calls_are_told,
    seccomp_filter, seccomp_profile,
};
use sys::{MntFlags, MsFlags, Signal};
use users::{keep_id, own_id, root_inside, subordinate_ids, user, user_dies_with_runtime, user_order};

use crate::{
    Scene, Subject,
    probe::{Report, hostname, namespaces, signal_masks},
    scene::{self, Ended, Stop, mount_points},
    subject::Request,
};

/// One thing that a runtime must show.
pub struct Check {
    /// Its name, in test names and of its snapshot.
    pub name: &'static str,
    /// The chapter whose feature it shows.
    pub chapter: u8,
    /// What it asks.
    pub question: &'static str,
    /// Whether it is about an ordinary user: he calls the subject, even when root runs the suite.
    pub(crate) ordinary: bool,
    /// The subjects for which the question makes no sense.
    pub(crate) exceptions: &'static [Except],
    pub(crate) observe: fn(&Scene) -> Result<String, Stop>,
    pub(crate) snapshot: &'static str,
}

/// A kind of subject for which a question makes no sense, and why.
pub(crate) enum Except {
    /// runc and crun.
    Oci(&'static str),
    /// No runtime at all.
    Bare(&'static str),
}

/// A row of [`CHECKS`].
macro_rules! check {
    ($chapter:literal $name:ident $question:literal) => {
        check!($chapter $name $question, except [])
    };
    ($chapter:literal $name:ident $question:literal, by an ordinary user) => {
        Check { ordinary: true, ..check!($chapter $name $question) }
    };
    ($chapter:literal $name:ident $question:literal, except [$($exception:expr),*]) => {
        Check {
            name: stringify!($name),
            chapter: $chapter,
            question: $question,
            ordinary: false,
            exceptions: &[$($exception),*],
            observe: $name,
            snapshot: include_str!(concat!("../snapshots/", stringify!($name), ".snap")),
        }
    };
}

/// All checks, in the order of the book.
pub const CHECKS: &[Check] = &[
    check!(1 exit_status "Does the exit status come back?"),
    check!(1 exec_failure "Is a command that cannot run reported as Docker does?", except [
        Except::Oci("runc and crun leave these codes to the engine above them")]),
    check!(1 surroundings "Does the command get its arguments, its variables and nothing else?"),
    check!(1 working_directory "Does it start where it was told to?"),
    check!(1 descriptors "Are the caller's open files closed?"),
    check!(1 signal_state "Are all signals back to their defaults?"),
    check!(1 signal_forwarding "Does a signal to the runtime reach the command?", except [
        Except::Bare("there is no runtime between caller and command")]),
    check!(1 dies_with_runtime "Is the command gone when the runtime is killed?", except [
        Except::Bare("there is no runtime between caller and command"),
        Except::Oci("containers outlive runc and crun on purpose: a shim watches them (chapter 17)")]),
    check!(2 own_hostname "Has it a hostname of its own?"),
    check!(2 own_ipc "Has it System V IPC of its own?"),
    check!(3 pid_1 "Is the command PID 1?"),
    check!(3 no_orphans "Do its children die with it?"),
    check!(4 own_proc "Does /proc show only its own processes?"),
    check!(4 own_mounts "Do mounts stay on the side where they are made?"),
    check!(5 own_network "Has it a network of its own, with loopback up?"),
    check!(5 bridge "Do two containers on the bridge reach each other?", except [
        Except::Bare("there is no runtime between caller and command"),
        Except::Oci("runc and crun leave the network to the engine above them")]),
    check!(5 bridge_is_removed "Are bridge and cables gone, even when the runtime is killed?", except [
        Except::Bare("there is no runtime between caller and command"),
        Except::Oci("runc and crun leave the network to the engine above them")]),
    check!(6 own_cgroup "Is it in control groups of its own, with its children?"),
    check!(6 memory_limit "Is its memory limited as asked, swap counted?"),
    check!(6 oom_kill "Does the OOM killer take what wants more, and nobody else?"),
    check!(6 oom_kill_is_told "Does the runtime say that it was the OOM killer?", except [
        Except::Bare("there is no runtime between caller and command"),
        Except::Oci("runc and crun leave it to the engine above them, which listens to the group's events")]),
    check!(6 group_is_removed "Is its group gone with it, even when the runtime is killed?", except [
        Except::Bare("there is no runtime between caller and command"),
        Except::Oci("containers outlive runc and crun on purpose: a shim watches them (chapter 17)")]),
    check!(7 pids_limit "Is the number of its processes limited as asked?"),
    check!(7 cpu_limit "Is its processor time limited as asked?"),
    check!(7 cpu_shares "Has it the share of the processor that was asked for?"),
    check!(7 own_cgroup_namespace "Does it see its own groups as the top?"),
    check!(8 own_root "Does it see nothing of the host's files but a read-only /usr?"),
    check!(8 devices "Has it the devices that every program expects, and no others?"),
    check!(8 given_root "Is its root the directory that was given?", except [
        Except::Bare("there is no runtime between caller and command")]),
    check!(8 volumes "Are volumes shared, and read-only where asked?"),
    check!(8 scratch "Is a tmpfs empty, and no place for programs?"),
    check!(8 read_only_root "Can its root be read-only?"),
    check!(8 masked_paths "Is covered what tells of the host in /proc and /sys?"),
    check!(8 kernel_settings "Is read-only what changes the kernel?"),
    check!(8 own_groups_shown "Does it see its own control groups, and no others, in /sys/fs/cgroup?"),
    check!(8 hostile_root "Do mounts stay inside a root whose links lead out?"),
    check!(9 layers "Are layers one root, the topmost first, and does nobody change them?", except [
        Except::Bare("there is no runtime between caller and command")]),
    check!(9 upper "Is what was changed kept apart, and what was removed only hidden?", except [
        Except::Bare("there is no runtime between caller and command")]),
    check!(10 root_inside "Is root inside somebody else outside?"),
    check!(10 user "Is the command the user that was asked for, without other groups?"),
    check!(10 user_dies_with_runtime "Is it gone when the runtime is killed, whoever it is?", except [
        Except::Bare("there is no runtime between caller and command"),
        Except::Oci("containers outlive runc and crun on purpose: a shim watches them (chapter 17)")]),
    check!(11 capabilities "Has it fourteen of root's powers, whatever its caller has?"),
    check!(11 capability_flags "Can single powers be added and dropped?"),
    check!(11 user_capabilities "Has a user no powers but those that were added by name?"),
    check!(11 no_new_privs "Does no program give it more than it has?"),
    check!(12 seccomp_filter "Is there a filter over its system calls, unless it is asked for none?"),
    check!(12 refused_calls "Does it refuse the calls that containers do not need?"),
    check!(12 seccomp_profile "Can a profile of one's own be given?"),
    check!(12 capability_opens "Does a capability open the calls that it is for?", except [
        Except::Oci("which calls a capability opens is worked out by the engine above them")]),
    check!(12 refused_calls_are_told "Does it say which calls were refused, if asked?", except [
        Except::Bare("there is no runtime between caller and command"),
        Except::Oci("runc and crun hand them to a listener of the engine's (listenerPath)")]),
];

/// What only exercises ask for: runc and crun do it otherwise, or the ladder has a row that says more.
pub const EXTENSIONS: &[Check] = &[
    check!(1 home_and_term "Has it the HOME and the TERM of its caller, if he has them, and a PATH without his?"),
    check!(1 env_by_name "Does --env NAME give the caller's value, if he has one, and replace no other name's?"),
    check!(1 ulimit "Does --ulimit limit the open files, soft and hard?"),
    check!(1 signal_mask "Is nothing blocked that its caller blocks?"),
    check!(2 any_hostname "Is its name whatever --hostname says, and is one that is too long refused?"),
    check!(2 own_domainname "Has it the domain name of --domainname, and the host its own?"),
    check!(2 own_uts "Is the UTS namespace its own?"),
    check!(3 pid_1_handler "Does a handler of PID 1 get its signal?"),
    check!(3 pid_1_default_action "Does a signal without a handler end PID 1?"),
    check!(3 pid_file "Does --pid-file get the command's number as seen from outside?"),
    check!(4 proc_flags "Is /proc mounted without set-user-ID programs, devices and programs?"),
    check!(4 proc_options "Does --proc-opts change /proc, and leave its flags as they are?"),
    check!(5 own_network_namespace "Is the network namespace its own, but for --network host?"),
    check!(5 host_network "Does a container without a network of its own start?", by an ordinary user),
    check!(5 sysctl "Does --sysctl set parameters of its network, and no others?"),
    check!(6 another_limit "Is the limit the one that was asked for?"),
    check!(6 joins_in_time "Is it in its group before it goes on?"),
    check!(6 memory_reservation "Does --memory-reservation reserve memory, and limit nothing?"),
    check!(7 refusals_are_told "Does the runtime say that a process was refused?"),
    check!(8 extra_device "Does --device give a device of the host's?"),
    check!(9 diff "Does --diff tell what has changed in the root?"),
    check!(10 own_id "Is an ordinary user root inside, and does his runtime stay outside?", by an ordinary user),
    check!(10 user_order "Does it change the group, then the user, and ask to die with its parent again?"),
    check!(10 subordinate_ids "Does it ask for the ids that /etc/subuid gives the user?", by an ordinary user),
    check!(10 keep_id "Has the command the caller's number with --keep-id, inside and outside?", by an ordinary user),
    check!(11 bounding_set "Does the child limit its bounding set, while it may?"),
    check!(11 limited_sets "Does the child limit its other sets, after its change of user?"),
    check!(11 added_for_user "Has a user what was added by name?"),
    check!(11 noroot "Has root no power with --noroot?"),
    check!(12 filter_is_last "Is there nothing between the filter and execve?"),
    check!(12 profile_conditions "Does a rule of a profile count under its conditions alone?"),
    check!(12 blocklist "Does --block refuse the calls that it names, and no others?"),
];

impl Check {
    /// What a real runtime shows: the snapshot without its header.
    pub fn expected(&self) -> &str {
        let body = self.snapshot.splitn(3, "---\n").nth(2).unwrap_or_default();
        body.trim_end_matches('\n')
    }

    /// Why the question makes no sense for `subject`, where it does not.
    pub fn exception(&self, subject: &Subject) -> Option<&'static str> {
        self.exceptions.iter().find_map(|exception| match (exception, subject) {
            (Except::Oci(reason), Subject::Oci { .. }) | (Except::Bare(reason), Subject::Bare) => {
                Some(*reason)
            }
            _ => None,
        })
    }
}

fn exit_status(scene: &Scene) -> Result<String, Stop> {
    let exit = Request { command: scene::probe(["exit", "7"])?, ..Request::default() };
    let crash = Request { command: scene::probe(["segfault"])?, ..Request::default() };
    let sleep = Request { command: scene::probe(["sleep", "to-be-killed"])?, ..Request::default() };
    let mut running = scene.start(&sleep)?;
    sys::kill(running.wait_for("to-be-killed")?, Signal::SIGKILL)?;
    Ok(format!(
        "exit(7): {}\nsegmentation fault: {}\nkilled from outside: {}",
        scene.run(&exit)?,
        scene.run(&crash)?,
        running.end()?
    ))
}

fn exec_failure(scene: &Scene) -> Result<String, Stop> {
    let file = scene.folder.join("not-executable");
    fs_err::write(&file, "no program")?;
    fs_err::set_permissions(&file, PermissionsExt::from_mode(0o644))?;
    let mut text = String::new();
    for (what, command) in [
        ("no such command", "no-such-command"),
        ("no such path", "/no/such/path"),
        ("not executable", &*file.to_string_lossy()),
        ("a directory", "/usr"),
        ("empty", ""),
    ] {
        let request = Request { command: vec![command.into()], ..Request::default() };
        let (code, said) = match scene.run(&request) {
            Ok(ended) => (ended.to_string(), ended.stderr),
            Err(_) => ("not started".to_owned(), String::new()),
        };
        let named = if said.contains(&format!("{command:?}")) { "named" } else { "not named" };
        writeln!(text, "{what}: {code}, {named}").expect("a String takes everything");
    }
    Ok(text.trim_end().to_owned())
}

fn surroundings(scene: &Scene) -> Result<String, Stop> {
    let request = Request {
        env: vec!["GREETING=hello  world".into()],
        command: scene::probe(["report", "two words", "", "*", "$HOME"])?,
        ..Request::default()
    };
    let ended = scene.run_with(&request, |caller| {
        caller.env("SECRET", "hunter2");
    })?;
    let report = ended.report()?;
    let usual = ["PATH", "HOME", "TERM", "GREETING"];
    let names = report.environment.iter().map(|(name, _)| name.as_str());
    let mut others: Vec<_> = names.filter(|name| !usual.contains(name)).collect();
    others.sort_unstable();
    let env = ["TWICE=earlier", "PATH=/later", "TWICE=later"].map(Into::into).to_vec();
    let again = scene.report(Request { env, ..Request::default() })?;
    // Nothing of the host's PATH, which a bare command has.
    let paths: Vec<_> =
        again.values("PATH").iter().map(|path| if *path == "/later" { "later" } else { "earlier" }).collect();
    Ok(format!(
        "arguments: {:?}\nGREETING: {:?}\nPATH is set: {}\nother variables: {others:?}\n\
         values of TWICE, given twice: {:?}\nvalues of PATH, given once more: {paths:?}",
        report.arguments,
        report.values("GREETING").first(),
        !report.values("PATH").is_empty(),
        again.values("TWICE"),
    ))
}

/// runc and crun are told them by the engine above.
fn home_and_term(scene: &Scene) -> Result<String, Stop> {
    let request = Request { command: scene::probe(["report"])?, ..Request::default() };
    let ended = scene.run_with(&request, |caller| {
        caller.env("HOME", "/home/caller").env("TERM", "vt52");
    })?;
    let report = ended.report()?;
    let lacking = scene.run_with(&request, |caller| {
        caller.env_remove("HOME").env_remove("TERM").env_remove("PATH");
    })?;
    let lacking = lacking.report().map_or_else(
        |_| "no container".to_owned(),
        |it| {
            let has_path = !it.values("PATH").is_empty();
            format!("HOME: {:?}, TERM: {:?}, PATH is set: {has_path}", it.values("HOME"), it.values("TERM"))
        },
    );
    Ok(format!(
        "HOME: {:?}\nTERM: {:?}\nof a caller without them and without a PATH: {lacking}",
        report.values("HOME"),
        report.values("TERM")
    ))
}

/// In the config.json of runc and crun a variable has always a value.
fn env_by_name(scene: &Scene) -> Result<String, Stop> {
    let run = |env: &[&str]| {
        let env = env.iter().map(|&variable| variable.into()).collect();
        let request = Request { env, command: scene::probe(["report"])?, ..Request::default() };
        scene.run_with(&request, |caller| {
            caller.env("FROM_CALLER", "its value").env_remove("NOT_THERE");
        })
    };
    let alike = run(&["FROM_CALLER", "LONGER=long", "LONG=short"])?.report()?;
    let missing = match run(&["NOT_THERE"])?.report() {
        Ok(report) => format!("{:?}", report.values("NOT_THERE")),
        Err(_) => "no container".to_owned(),
    };
    Ok(format!(
        "one that the caller has: {:?}\none that he lacks: {missing}\nLONGER, and LONG after it: {:?} {:?}",
        alike.values("FROM_CALLER"),
        alike.values("LONGER"),
        alike.values("LONG")
    ))
}

fn working_directory(scene: &Scene) -> Result<String, Stop> {
    let report = scene.report(Request { workdir: Some("/usr".into()), ..Request::default() })?;
    Ok(report.working_directory.display().to_string())
}

fn descriptors(scene: &Scene) -> Result<String, Stop> {
    let left_open = leave_open(scene)?;
    // Once more under a number that nobody reaches by counting a little. Nothing closes it but the fence's end.
    nix::fcntl::fcntl(&left_open, nix::fcntl::FcntlArg::F_DUPFD(500)).map_err(std::io::Error::from)?;
    let numbers = scene.report(Request::default())?.descriptors;
    // Not the probe: a Rust program opens those of the three that it lacks before it can look.
    let script = "echo to output; echo to error >&2";
    let ended = scene.run(&Request { command: shell(script), ..Request::default() })?;
    let arrives = |text: &str, what: &str| {
        if text.lines().any(|line| line == what) { "arrives" } else { "does not arrive" }
    };
    Ok(format!(
        "{numbers:?}\nwhat is written to 1 {}, and to 2 {}",
        arrives(&ended.stdout, "to output"),
        arrives(&ended.stderr, "to error")
    ))
}

/// A file with a secret, open and without close-on-exec, as a careless caller has them.
pub(crate) fn leave_open(scene: &Scene) -> Result<fs_err::File, Stop> {
    let path = scene.folder.join("left-open");
    fs_err::write(&path, "hunter2")?;
    let file = fs_err::File::open(path)?;
    keep_over_exec(&file)?;
    Ok(file)
}

/// Take close-on-exec off.
pub(crate) fn keep_over_exec(file: &fs_err::File) -> Result<(), Stop> {
    nix::fcntl::fcntl(file, nix::fcntl::FcntlArg::F_SETFD(nix::fcntl::FdFlag::empty()))
        .map_err(std::io::Error::from)?;
    Ok(())
}

fn signal_state(scene: &Scene) -> Result<String, Stop> {
    // Not the probe: a Rust program ignores SIGPIPE before it can look.
    let ended = scene.run_ignoring_signals(&own_status())?;
    let (blocked, ignored) = masks(&ended)?;
    Ok(format!("blocked: {blocked:?}\nignored: {ignored:?}"))
}

/// crun lets all signals through. runc 1.1 does not: a program in Go starts others with the mask that it had itself.
fn signal_mask(scene: &Scene) -> Result<String, Stop> {
    let ended = scene.run_blocking_signals(&own_status())?;
    Ok(format!("blocked: {:?}", masks(&ended)?.0))
}

fn own_status() -> Request {
    Request { command: ["/bin/cat", "/proc/self/status"].map(Into::into).to_vec(), ..Request::default() }
}

/// What is blocked and what is ignored, where the command printed its `/proc/self/status`.
fn masks(ended: &Ended) -> Result<(Vec<&str>, Vec<&str>), Stop> {
    signal_masks(&ended.stdout)
        .ok_or_else(|| Stop::Failed(format!("no answer from inside, {ended}: {}", ended.stderr)))
}

fn signal_forwarding(scene: &Scene) -> Result<String, Stop> {
    let request = Request { command: scene::probe(["wait-for-signal"])?, ..Request::default() };
    let mut running = scene.start(&request)?;
    running.line()?;
    running.signal(Signal::SIGTERM)?;
    let received = running.line()?;
    Ok(format!("sent signal {}, received {received}, {}", Signal::SIGTERM as i32, running.end()?))
}

fn dies_with_runtime(scene: &Scene) -> Result<String, Stop> {
    // One that only SIGKILL ends.
    let deaf = ["/bin/sh", "-c", "trap '' HUP INT QUIT TERM; exec \"$@\"", "sh"].map(Into::into);
    let command = [deaf.to_vec(), scene::probe(["sleep", "watched"])?].concat();
    let request = Request { command, ..Request::default() };
    let mut running = scene.start(&request)?;
    running.wait_for("watched")?;
    running.signal(Signal::SIGKILL)?;
    Ok(if scene::is_gone("watched")? { "gone" } else { "still running" }.to_owned())
}

fn own_hostname(scene: &Scene) -> Result<String, Stop> {
    let before = hostname()?;
    let report = scene.report(Request { hostname: Some("box".into()), ..Request::default() })?;
    let outside = if hostname()? == before { "unchanged" } else { "changed" };
    Ok(format!("inside: {}\noutside: {outside}\nUTS namespace: {}", report.hostname, whose(&report, "uts")?))
}

/// Linux takes 64 bytes (HOST_NAME_MAX). runc and crun leave the refusal to the kernel as well, but say it otherwise.
fn any_hostname(scene: &Scene) -> Result<String, Stop> {
    let longest = "long-".repeat(13)[..64].to_owned();
    let report = scene.report(Request { hostname: Some(longest.clone()), ..Request::default() })?;
    let named = if report.hostname == longest { "all of them" } else { &report.hostname };
    let too_long = taken(scene, &["--hostname", &(longest + "x")])?;
    Ok(format!("of 64 letters: {named}\nof 65 letters: {too_long}"))
}

fn own_ipc(scene: &Scene) -> Result<String, Stop> {
    let report = scene.report(Request::default())?;
    Ok(format!("IPC namespace: {}", whose(&report, "ipc")?))
}

fn pid_1(scene: &Scene) -> Result<String, Stop> {
    let report = scene.report(Request::default())?;
    let whose = whose(&report, "pid")?;
    Ok(format!("PID: {}\nparent: {}\nPID namespace: {whose}", report.pid, report.parent))
}

fn no_orphans(scene: &Scene) -> Result<String, Stop> {
    let request = Request { command: scene::probe(["daemon", "orphan"])?, ..Request::default() };
    let ended = scene.run(&request)?;
    Ok(format!("{ended}, its child: {}", if scene::is_gone("orphan")? { "gone" } else { "still running" }))
}

fn own_proc(scene: &Scene) -> Result<String, Stop> {
    let report = scene.report(Request::default())?;
    let itself = report.processes == [i32::try_from(report.pid).unwrap_or_default()];
    Ok(if itself { "only itself".to_owned() } else { format!("processes: {:?}", report.processes) })
}

fn own_mounts(scene: &Scene) -> Result<String, Stop> {
    let outside = scene.folder.join("outside");
    fs_err::create_dir(&outside)?;
    let canary = outside.join("canary");
    let before = mount_points()?;

    let look = ["wait-and-look".into(), canary.clone().into_os_string()];
    let mut running = scene.start(&Request { command: scene::probe(look)?, ..Request::default() })?;
    running.line()?;
    sys::mount(Some("later"), &outside, Some("tmpfs"), MsFlags::empty(), None)?;
    fs_err::write(&canary, "")?;
    running.tell("look")?;
    let seen = running.line()?;
    running.end()?;
    sys::umount2(&outside, MntFlags::empty())?;

    let report = scene.report(Request::default())?;
    let now = mount_points()?;
    let left: Vec<_> = now.iter().filter(|point| !before.contains(point)).collect();
    let taken = match before.len().saturating_sub(now.len()) {
        0 => String::new(),
        taken => format!("\ntaken away outside: {taken} mounts"),
    };
    let count = now.len().saturating_sub(before.len());
    Ok(format!(
        "mounted outside, from inside: {seen}\nleft outside by the runtime: {count} {left:?}\nmount namespace: {}{taken}",
        whose(&report, "mnt")?
    ))
}

fn shell(script: &str) -> Vec<OsString> {
    ["/bin/sh", "-c", script].map(Into::into).to_vec()
}

fn with_flags(scene: &Scene, flags: &[&str], script: &str) -> Result<Ended, Stop> {
    let flags = flags.iter().map(Into::into).collect();
    scene.run(&Request { flags, command: shell(script), ..Request::default() })
}

/// Whether the runtime starts a command with these flags. A panic is no answer to a user, and neither is another exit code
/// than Docker's.
fn taken(scene: &Scene, flags: &[&str]) -> Result<String, Stop> {
    let ended = with_flags(scene, flags, "true")?;
    Ok(match ended.status.code() {
        Some(0) => "taken".to_owned(),
        _ if ended.panics() => "a panic".to_owned(),
        Some(125) => "refused".to_owned(),
        _ => ended.to_string(),
    })
}

fn ulimit(scene: &Scene) -> Result<String, Stop> {
    let limits = |flags: &[&str]| {
        let ended = with_flags(scene, flags, "ulimit -Sn; ulimit -Hn")?;
        Ok::<_, Stop>(format!("{ended}: {}{}", ended.stdout.replace('\n', " ").trim(), ended.complaint()))
    };
    let once = limits(&["--ulimit", "nofile=64"])?;
    let twice = limits(&["--ulimit", "nofile=64", "--ulimit", "nofile=32"])?;
    let mut seen = vec![once, format!("given twice: {twice}")];
    for value in ["nofile=many", "nofile=-1", "files=64", "64"] {
        seen.push(format!("{value}: {}", taken(scene, &["--ulimit", value])?));
    }
    let flags = ["--ulimit", "nofile=64"].map(Into::into).to_vec();
    let request = Request { flags, command: scene::probe(["sleep", "limited"])?, ..Request::default() };
    let mut running = scene.start(&request)?;
    running.wait_for("limited")?;
    let own = |pid: u32| {
        let limits = fs_err::read_to_string(format!("/proc/{pid}/limits"))?;
        Ok::<_, Stop>(limits.lines().find(|line| line.starts_with("Max open files")).map(str::to_owned))
    };
    let is_same = own(running.pid())? == own(std::process::id())?;
    seen.push(format!("the runtime's own limit: {}", if is_same { "as before" } else { "changed" }));
    Ok(seen.join("\n"))
}

fn own_domainname(scene: &Scene) -> Result<String, Stop> {
    const FILE: &str = "/proc/sys/kernel/domainname";
    let before = fs_err::read_to_string(FILE)?;
    let script = format!("cat {FILE} /proc/sys/kernel/hostname");
    let with = with_flags(scene, &["--domainname", "lab.example"], &script)?;
    let without = with_flags(scene, &[], &script)?;
    let outside = if fs_err::read_to_string(FILE)? == before { "unchanged" } else { "changed" };
    let names = |ended: &Ended| {
        ended.stdout.split_once('\n').map(|(domain, host)| (domain.to_owned(), host.to_owned()))
    };
    let (domain, host) = names(&with).unwrap_or_default();
    let (usual_domain, usual_host) = names(&without).unwrap_or_default();
    let hosts = if host == usual_host { "as without the flag" } else { host.trim() };
    let usual = match usual_domain == before.trim() {
        true => "as the host's",
        false if without.status.success() => "another",
        false => "no container",
    };
    Ok(format!(
        "inside: {domain}\nthe hostname: {hosts}\nwithout the flag: {usual}\noutside: {outside}{}{}",
        with.complaint(),
        without.complaint()
    ))
}

fn pid_file(scene: &Scene) -> Result<String, Stop> {
    let file = scene.folder.join("pid");
    let flags = vec!["--pid-file".into(), file.clone().into_os_string()];
    let request = Request { flags, command: scene::probe(["sleep", "numbered"])?, ..Request::default() };
    let mut running = scene.start(&request)?;
    let command = running.wait_for("numbered")?;
    let outside = command.to_string();
    let written = scene::wait_for_text(&file)?;
    let whose = match written.trim() {
        "" => {
            sys::kill(command, Signal::SIGKILL)?;
            running.end()?;
            let late = fs_err::exists(&file)?;
            if late { "nothing was written before its end" } else { "nothing was written" }.to_owned()
        }
        number if number == outside => "the command's, as seen from outside".to_owned(),
        number if number == running.pid().to_string() => "the runtime's".to_owned(),
        other => format!("{other:?}"),
    };
    Ok(format!(
        "{whose}\nin a folder that there is not: {}\nwithout the flag: {}",
        taken(scene, &["--pid-file", "/no/such/folder/pid"])?,
        taken(scene, &[])?
    ))
}

/// Which of nosuid, nodev and noexec the last mount on `point` lacks, in the text of a mountinfo.
fn missing_flags(table: &str, point: &str) -> Vec<&'static str> {
    let last = table.lines().rfind(|line| line.split(' ').nth(4) == Some(point)); // it covers the others
    let options: Vec<&str> =
        last.and_then(|line| line.split(' ').nth(5)).unwrap_or_default().split(',').collect();
    ["nosuid", "nodev", "noexec"].into_iter().filter(|flag| !options.contains(flag)).collect()
}

fn own_uts(scene: &Scene) -> Result<String, Stop> {
    let report = scene.report(Request::default())?;
    Ok(format!("UTS namespace: {}", whose(&report, "uts")?))
}

fn pid_1_handler(scene: &Scene) -> Result<String, Stop> {
    const HANDLER: &str = "trap 'sleep 0.2; exit 9' TERM; sleep 60 >/dev/null & echo ready; wait";
    let told_to_end = |script: &str| {
        let mut running = scene.start(&Request { command: shell(script), ..Request::default() })?;
        running.line()?;
        // A shell blocks all signals for a moment when it forks and when it begins to wait.
        std::thread::sleep(Duration::from_millis(100));
        running.signal(Signal::SIGTERM)?;
        running.end()
    };
    Ok(format!(
        "{}\nwith one for a real-time signal too: {}\nwhere it is ignored: {}",
        told_to_end(HANDLER)?,
        told_to_end(&format!("trap : 64; {HANDLER}"))?,
        told_to_end("trap '' TERM; echo ready; sleep 0.3; exit 8")?,
    ))
}

fn pid_1_default_action(scene: &Scene) -> Result<String, Stop> {
    let mut seen = Vec::new();
    for signal in [Signal::SIGTERM, Signal::SIGINT] {
        let marker = format!("deaf to {signal}");
        let request = Request { command: scene::probe(["sleep", &marker])?, ..Request::default() };
        let mut running = scene.start(&request)?;
        running.wait_for(&marker)?;
        running.signal(signal)?;
        seen.push(format!("{signal}: {}", if scene::is_gone(&marker)? { "ended" } else { "goes on" }));
    }
    Ok(seen.join("\n"))
}

fn proc_flags(scene: &Scene) -> Result<String, Stop> {
    let table =
        Request { command: vec!["/bin/cat".into(), "/proc/self/mountinfo".into()], ..Request::default() };
    let ended = scene.run(&table)?;
    let missing = missing_flags(&ended.stdout, "/proc");
    Ok(format!("missing: {missing:?}"))
}

/// Whether the container has its own namespace of `kind` or the one outside.
fn whose(report: &Report, kind: &str) -> Result<&'static str, Stop> {
    Ok(if report.namespaces.get(kind) == namespaces()?.get(kind) { "the host's" } else { "its own" })
}
