//! Known causes: what usually lies behind an error on somebody's machine, and what helps.
//!
//! A cause is only named after a look at this machine; where nothing is known, nothing is said.

use std::path::Path;

use nix::{errno::Errno, sched::CloneFlags};

use crate::seat_belt::has_own;

/// Why `call` (an strace line) failed with `errno`, and what to do; `None` where we do not know.
pub(crate) fn find(call: &str, errno: Errno) -> Option<(String, String)> {
    let name = call.split('(').next().unwrap_or_default();
    let (why, remedy) = match (name, errno) {
        ("clone3" | "unshare", Errno::EPERM) if lacks_user_namespace(call) && !apparmor_restricts() => (
            "an ordinary user makes namespaces only together with a user namespace of his own, or inside of one: CLONE_NEWUSER is \
             not among the flags"
                .into(),
            "Let the child be born into one (chapter 10), or run as root.".into(),
        ),
        ("clone3" | "unshare", Errno::EPERM) => no_namespaces(),
        ("clone3", Errno::ENOSYS) => (
            "clone3 is newer than Linux 5.3, or a seccomp filter around us hides it".into(),
            "Inside Docker or a dev container, give the outer one --privileged, or use a virtual machine."
                .into(),
        ),
        ("clone3" | "unshare", Errno::ENOSPC | Errno::EUSERS) => (
            format!("a limit on namespaces is reached: {}", limits()),
            "As root: sysctl -w user.max_user_namespaces=15000 (and likewise for the one that is 0).".into(),
        ),
        ("clone3", Errno::EAGAIN) => (
            "the user or the cgroup may have no more processes".into(),
            "See ulimit -u and pids.max of the cgroup in /proc/self/cgroup.".into(),
        ),
        ("write", Errno::EPERM | Errno::EACCES) if call.contains("/proc/self/") => no_namespaces(),
        ("mount" | "sethostname", Errno::EPERM | Errno::EACCES) if apparmor_restricts() => no_namespaces(),
        ("mount", Errno::EPERM) if call.contains("\"proc\"") && !has_own(CloneFlags::CLONE_NEWNS | CloneFlags::CLONE_NEWPID) => (
            "it takes power over the mount namespace and over the PID namespace: both must have been born with this process"
                .into(),
            "Let the child do it, with CLONE_NEWNS (chapter 4) and CLONE_NEWPID (chapter 3) among the flags of clone.".into(),
        ),
        ("mount", Errno::EPERM) if call.contains("\"proc\"") => (
            "a new /proc would show more than the present one, which has parts covered: so it is inside \
             Docker or another container"
                .into(),
            "Give the outer container --security-opt systempaths=unconfined, or use a virtual machine."
                .into(),
        ),
        ("sethostname", Errno::EINVAL) => {
            ("a hostname has at most 64 bytes (HOST_NAME_MAX)".into(), "Choose a shorter --hostname.".into())
        }
        ("seccomp", Errno::EACCES) => (
            "a filter takes no_new_privs, so that no set-user-id program is misled by it, or CAP_SYS_ADMIN"
                .into(),
            "Call prctl(PR_SET_NO_NEW_PRIVS, 1) before.".into(),
        ),
        ("chdir", Errno::ENOENT) => (
            "the directory does not exist inside the container".into(),
            "Name one that exists with --workdir, or leave it out.".into(),
        ),
        ("chdir", Errno::ENOTDIR) => {
            ("it is not a directory".into(), "Name a directory with --workdir.".into())
        }
        _ => return None,
    };
    Some((why, remedy))
}

/// Why this user may not create namespaces, as far as the machine tells.
fn no_namespaces() -> (String, String) {
    if apparmor_restricts() {
        (
            "AppArmor lets an ordinary program create user namespaces but takes every capability away in \
             them: kernel.apparmor_restrict_unprivileged_userns is 1 (the default since Ubuntu 24.04)"
                .into(),
            "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0, or run as root.".into(),
        )
    } else if value("/proc/sys/kernel/unprivileged_userns_clone").as_deref() == Some("0") {
        (
            "only root may create namespaces: kernel.unprivileged_userns_clone is 0".into(),
            "sudo sysctl -w kernel.unprivileged_userns_clone=1, or run as root.".into(),
        )
    } else if let Some(outer) = outer_container().filter(|_| has_seccomp_filter()) {
        (
            format!("this is inside a container ({outer}), and its seccomp filter forbids new namespaces"),
            "Give the outer container --privileged (or --security-opt seccomp=unconfined with --cap-add \
             SYS_ADMIN), or use a virtual machine."
                .into(),
        )
    } else {
        (
            "this process may not create that namespace: it has no CAP_SYS_ADMIN, and a seccomp filter, a \
             security module or a chroot forbids user namespaces"
                .into(),
            "Run minicontainer doctor: it looks for the reason. As root it may work.".into(),
        )
    }
}

/// Whether somebody who is not root asks for namespaces without one in which he would be.
fn lacks_user_namespace(call: &str) -> bool {
    !nix::unistd::geteuid().is_root() && !call.contains("CLONE_NEWUSER")
}

fn apparmor_restricts() -> bool {
    let restricted = value("/proc/sys/kernel/apparmor_restrict_unprivileged_userns");
    restricted.as_deref() == Some("1") && !is_root_of_the_machine()
}

/// Root here and outside: inside a user namespace somebody else may look like root, but not in the map.
fn is_root_of_the_machine() -> bool {
    let map = value("/proc/self/uid_map").unwrap_or_default();
    nix::unistd::geteuid().is_root() && map.split_whitespace().eq(["0", "0", "4294967295"])
}

/// What kind of container this process is already in, by the marks that they leave.
fn outer_container() -> Option<String> {
    if Path::new("/.dockerenv").exists() {
        return Some("Docker".into());
    }
    if Path::new("/run/.containerenv").exists() {
        return Some("Podman".into());
    }
    std::env::var("container").ok()
}

/// Whether a seccomp filter is around us: mode 2 in `/proc/self/status`.
fn has_seccomp_filter() -> bool {
    let status = value("/proc/self/status").unwrap_or_default();
    status.lines().any(|line| line.strip_prefix("Seccomp:").is_some_and(|mode| mode.trim() == "2"))
}

fn limits() -> String {
    ["user", "pid", "mnt", "uts", "ipc", "net", "cgroup"]
        .iter()
        .filter_map(|kind| {
            let limit = value(&format!("/proc/sys/user/max_{kind}_namespaces"))?;
            Some(format!("max_{kind}_namespaces={limit}"))
        })
        .collect::<Vec<_>>()
        .join(" ")
}

fn value(path: &str) -> Option<String> {
    fs_err::read_to_string(path).ok().map(|text| text.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_not_guessed() {
        assert_eq!(find("kill(1, SIGTERM)", Errno::ESRCH), None);
    }

    #[test]
    fn a_long_hostname_is_explained() {
        let (why, _) = find("sethostname(\"x\", 65)", Errno::EINVAL).expect("a known cause");
        assert!(why.contains("64 bytes"), "{why}");
    }
}
