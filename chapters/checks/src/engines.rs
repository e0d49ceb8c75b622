//! Podman and bubblewrap: what somebody types who knows them, and where they differ from a runtime.
//!
//! Both work in the same root as a bundle: the host's /usr, read-only, with the probe and the fence's folder at
//! their own paths. Podman takes it as a directory (`--rootfs`), so no image and no registry has a part in it.

use std::{
    ffi::OsStr,
    path::Path,
    process::Command,
    sync::atomic::{AtomicU32, Ordering},
};

use crate::{
    Subject, User, bundle, cage,
    fence::walls,
    scene::Stop,
    subject::{self, Request, Seccomp, Volume},
};

/// What every container is given, as for a bundle.
fn given(folder: &Path) -> Result<Vec<Volume>, Stop> {
    let given = |path: &Path, read_only| Volume { source: path.into(), destination: path.into(), read_only };
    let mut volumes: Vec<Volume> = bundle::host_programs().iter().map(|path| given(path, true)).collect();
    volumes.extend([given(&std::env::current_exe()?, true), given(folder, false)]);
    Ok(volumes)
}

/// `podman run`, with all that it keeps in the fence's folder.
pub(crate) fn podman(request: &Request, folder: &Path) -> Result<Command, Stop> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let of_podman = folder.join("podman");
    let own = of_podman.join(number.to_string());
    let rootfs = request.rootfs.clone().unwrap_or_else(|| own.join("rootfs"));
    fs_err::create_dir_all(&own)?;
    fs_err::create_dir_all(&rootfs)?;
    if !request.layers.is_empty() || request.upper.is_some() {
        bundle::stack_layers(&rootfs, request, &own)?;
    }
    bundle::link_programs(&rootfs)?;
    if request.userns {
        give_to_nobody(&rootfs)?;
    }

    let mut command = Command::new(subject::program(Subject::PODMAN).unwrap_or(Subject::PODMAN.into()));
    command.env("HOME", &of_podman); // settings are the machine's, not those of whoever runs the suite
    for (flag, place) in [
        ("--root", "storage"),
        ("--runroot", "run"),
        ("--tmpdir", "tmp"),
        ("--network-config-dir", "networks"),
    ] {
        command.arg(flag).arg(of_podman.join(place));
    }
    // Nobody in the fence listens to what it would tell systemd and the journal.
    command.args(["--storage-driver", "vfs", "--cgroup-manager", "cgroupfs", "--events-backend", "none"]);
    // Interactive: the checks speak to what runs inside.
    command.args(["run", "--rm", "--interactive", "--log-driver", "none"]);
    command.arg("--cgroup-parent").arg(cage::group_of_bundle(folder, "podman"));
    if !request.flags.iter().any(|flag| flag == "--network") {
        command.args(["--network", "none"]);
    }
    command.args(&request.flags);
    if let Some(memory) = request.memory {
        command.args(["--memory", &memory.to_string()]);
    }
    subject::limit(&mut command, request);
    for volume in given(folder)?.iter().chain(&request.volumes) {
        command.arg("--volume").arg(volume.words());
    }
    for place in &request.tmpfs {
        command.arg("--tmpfs").arg(place);
    }
    if request.userns {
        // `--userns auto` would ask /etc/subuid for a user called containers.
        let map = format!("0:{}:{}", walls::NOBODYS_IDS, walls::IDS);
        command.args(["--uidmap", &map, "--gidmap", &map]);
    }
    if let Some(user) = request.user {
        command.args(["--user", &format!("{user}:{user}")]);
    }
    subject::name_capabilities(&mut command, request);
    subject::choose_filter(&mut command, request);
    surround(&mut command, request);
    command.arg("--rootfs").arg(rootfs).args(&request.command);
    Ok(command)
}

/// Root inside is nobody outside, and makes the places for the mounts. Some of them are in folders that Podman
/// would make as the real root.
fn give_to_nobody(rootfs: &Path) -> Result<(), Stop> {
    for folder in ["", "etc", "run"].map(|name| rootfs.join(name)) {
        fs_err::create_dir_all(&folder)?;
        fs_err::os::unix::fs::chown(&folder, Some(walls::NOBODYS_IDS), Some(walls::NOBODYS_IDS))?;
    }
    Ok(())
}

/// Podman's flags of chapters 1, 2 and 8.
fn surround(command: &mut Command, request: &Request) {
    if let Some(hostname) = &request.hostname {
        command.args(["--hostname", hostname]);
    }
    for variable in &request.env {
        command.args(["--env", variable]);
    }
    if let Some(workdir) = &request.workdir {
        command.arg("--workdir").arg(workdir);
    }
    if request.read_only {
        command.arg("--read-only");
    }
}

/// `bwrap`, as Flatpak calls it: everything unshared, nothing inherited, and no power kept but what is asked for.
pub(crate) fn bubblewrap(request: &Request, folder: &Path) -> Result<Command, Stop> {
    if let Some(reason) = beyond_bubblewrap(request) {
        return Err(Stop::DoesNotApply(reason.to_owned()));
    }
    let mut command =
        Command::new(subject::program(Subject::BUBBLEWRAP).unwrap_or(Subject::BUBBLEWRAP.into()));
    command.args(["--unshare-all", "--die-with-parent", "--new-session"]);
    command.args(["--clearenv", "--setenv", "PATH", "/usr/sbin:/usr/bin:/sbin:/bin"]);
    for variable in &request.env {
        let (name, value) = variable.split_once('=').unwrap_or((variable, ""));
        command.args(["--setenv", name, value]);
    }
    if let Some(hostname) = &request.hostname {
        command.args(["--hostname", hostname]);
    }
    if let Some(user) = request.user {
        command.args(["--uid", &user.to_string(), "--gid", &user.to_string()]);
    }
    command.args(["--cap-drop", "ALL"]); // or root would keep all of them
    for name in &request.cap_add {
        command.args(["--cap-add", &format!("CAP_{name}")]);
    }
    // In the order of the flags: the root first, and what is below another later.
    if let Some(rootfs) = &request.rootfs {
        bundle::link_programs(rootfs)?;
        bind(&mut command, rootfs, "/", false);
    } else {
        for (name, link) in bundle::links_to_programs() {
            command.arg("--symlink").arg(link).arg(Path::new("/").join(name));
        }
    }
    command.args(["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]);
    for place in &request.tmpfs {
        command.arg("--tmpfs").arg(place);
    }
    for Volume { source, destination, read_only } in given(folder)?.iter().chain(&request.volumes) {
        bind(&mut command, source, destination, *read_only);
    }
    if request.read_only {
        command.args(["--remount-ro", "/"]);
    }
    command.arg("--chdir").arg(request.workdir.as_deref().unwrap_or(Path::new("/")));
    command.arg("--").args(&request.command);
    Ok(command)
}

fn bind(command: &mut Command, source: impl AsRef<OsStr>, destination: impl AsRef<OsStr>, read_only: bool) {
    command.arg(if read_only { "--ro-bind" } else { "--bind" }).arg(source).arg(destination);
}

/// Why bubblewrap cannot do `request`, if it has no such thing.
fn beyond_bubblewrap(request: &Request) -> Option<&'static str> {
    let limits = request.memory.is_some()
        || request.pids.is_some()
        || request.cpu_quota.is_some()
        || request.cpu_shares.is_some();
    if limits {
        return Some(NO_GROUPS);
    }
    if !request.layers.is_empty() || request.upper.is_some() {
        return Some("bubblewrap has no layers before 0.11: whoever calls it mounts them");
    }
    matches!(request.seccomp, Seccomp::Profile(_)).then_some(NO_FILTER)
}

const NO_GROUPS: &str =
    "bubblewrap has no control groups: whoever calls it makes them, as Flatpak has systemd do it";
const NO_FILTER: &str =
    "bubblewrap has no filter of its own: whoever calls it brings the program (--seccomp)";

/// Why the row `name` makes no sense for one of these two, if it does not.
pub(crate) fn exception(subject: &Subject, name: &str) -> Option<&'static str> {
    match subject {
        Subject::Podman if User::current() == User::Ordinary => {
            Some("Podman maps ids through newuidmap, which has no power in an ordinary user's fence")
        }
        Subject::Podman => find(PODMAN_EXCEPT, name),
        Subject::Bubblewrap => find(BUBBLEWRAP_EXCEPT, name),
        _ => None,
    }
}

/// Why one of these two does not pass the row `name`, where that is known.
pub(crate) fn known(subject: &Subject, name: &str) -> Option<&'static str> {
    match subject {
        Subject::Podman => find(PODMAN_KNOWN, name),
        Subject::Bubblewrap => find(BUBBLEWRAP_KNOWN, name),
        _ => None,
    }
}

/// Rows, and the reason that they share.
type Reasons = &'static [(&'static [&'static str], &'static str)];

fn find(reasons: Reasons, name: &str) -> Option<&'static str> {
    reasons.iter().find(|(names, _)| names.contains(&name)).map(|(_, reason)| *reason)
}

const PODMAN_EXCEPT: Reasons = &[
    (
        &["dies_with_runtime", "user_dies_with_runtime", "group_is_removed"],
        "containers outlive Podman on purpose: conmon watches them (chapter 17)",
    ),
    (
        &["bridge", "bridge_is_removed"],
        "Podman's networks are made by programs of their own (netavark, plugins of the CNI), which are not examined here",
    ),
    (
        &["refused_calls_are_told"],
        "Podman has no flag for it: a hook of its own records calls (oci-seccomp-bpf-hook)",
    ),
];

const PODMAN_KNOWN: Reasons = &[
    (
        &["exec_failure"],
        "Podman's codes are Docker's, but for an empty name, and its words are the runtime's",
    ),
    (&["surroundings"], "Podman sets HOSTNAME as well, as Docker does"),
    (
        &["memory_limit"],
        "Podman and Docker give as much swap as memory again, unless --memory-swap says otherwise",
    ),
    (&["oom_kill_is_told"], "Podman keeps it for podman inspect (OOMKilled)"),
    (
        &["own_cgroup_namespace", "own_groups_shown", "see_host_groups"],
        "with control groups of version 1 Podman makes no cgroup namespace, unless told --cgroupns private",
    ),
    (&["scratch"], "Podman lets programs in a tmpfs start, unless told noexec"),
    (
        &["masked_paths", "uncover_masks"],
        "Podman's list of what is covered is an older one than Docker's, without /proc/interrupts",
    ),
    (&["user"], "Podman names the user's own group among the other groups as well"),
    (
        &["capabilities", "capability_flags", "user_capabilities"],
        "Podman gives eleven: not MKNOD, NET_RAW and AUDIT_WRITE (containers.conf)",
    ),
    (
        &["no_new_privs", "use_setuid"],
        "Podman and Docker set it only when asked: --security-opt no-new-privileges",
    ),
    (
        &["refused_calls", "unshare_again", "capability_opens"],
        "Podman's filter lets everybody make namespaces and use keys",
    ),
];

const BUBBLEWRAP_EXCEPT: Reasons = &[
    (&["own_cgroup", "memory_limit", "oom_kill", "oom_kill_is_told", "group_is_removed"], NO_GROUPS),
    (&["pids_limit", "cpu_limit", "cpu_shares", "own_groups_shown"], NO_GROUPS),
    (&["fill_memory", "sacrifice_neighbour", "fill_inodes", "fork_bomb"], NO_GROUPS),
    (
        &["bridge", "bridge_is_removed"],
        "bubblewrap makes the network namespace and no network: whoever calls it connects it",
    ),
    (
        &["seccomp_filter", "refused_calls", "seccomp_profile", "capability_opens", "refused_calls_are_told"],
        NO_FILTER,
    ),
];

const BUBBLEWRAP_KNOWN: Reasons = &[
    (&["exec_failure"], "bubblewrap's code is 1 for all that fails before the command runs"),
    (&["surroundings"], "bubblewrap sets PWD as well"),
    (
        &["descriptors", "use_open_file", "start_on_the_host"],
        "bubblewrap hands over what its caller left open: whoever calls it closes it",
    ),
    (&["signal_state"], "bubblewrap hands over which signals its caller ignores"),
    (&["signal_forwarding"], "bubblewrap forwards no signals: it dies, and its container with it"),
    (&["pid_1", "own_proc"], "bubblewrap is PID 1 itself, to reap orphans, unless told --as-pid-1"),
    (
        &["own_mounts"],
        "bubblewrap makes mounts slaves, not private: what the host mounts later below a shared folder is seen",
    ),
    (&["devices"], "bubblewrap makes no /dev/mqueue"),
    (&["scratch"], "bubblewrap's tmpfs has no noexec"),
    (
        &["masked_paths", "kernel_settings", "uncover_masks", "set_core_pattern"],
        "bubblewrap leaves /proc as the kernel gives it: it is made for ordinary users, who may do little there",
    ),
    (
        &["root_inside", "user", "user_dies_with_runtime", "leave_root_program"],
        "bubblewrap maps one id, its caller's: when root calls it, that is root, with root's groups",
    ),
    (
        &["capabilities", "capability_flags", "user_capabilities"],
        "bubblewrap is told here to drop all, as Flatpak does",
    ),
    (&["unshare_again", "read_key"], NO_FILTER),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{find_attack, find_check};

    #[test]
    fn reasons_are_for_rows_that_exist_and_each_row_has_one() {
        for tables in [[PODMAN_EXCEPT, PODMAN_KNOWN], [BUBBLEWRAP_EXCEPT, BUBBLEWRAP_KNOWN]] {
            let mut names: Vec<&str> =
                tables.concat().iter().flat_map(|(names, _)| names.iter().copied()).collect();
            let count = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), count, "a row has two reasons: {names:?}");
            for name in names {
                assert!(find_check(name).is_some() || find_attack(name).is_some(), "no row {name}");
            }
        }
    }
}
