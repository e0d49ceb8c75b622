//! Which profile is chosen, how far it reaches beside Podman's, and what a child sees in which it is loaded.

use std::{collections::BTreeSet, path::Path, process::Command, thread};

use sys::{CloneFlags, Errno};

use super::*;
use crate::profile::Version;

const PODMANS: &str = "/usr/share/containers/seccomp.json";
/// Set for the child of [`a_child_sees_the_filter`].
const INSIDE: &str = "CH12_INSIDE";

fn target<'a>(held: &'a [&'a str], architecture: Architecture) -> Target<'a> {
    Target { held, architecture, kernel: Version(6, 18) }
}

fn ours(held: &[&str]) -> Profile {
    Profile::ours().unwrap().resolve(&target(held, Architecture::Amd64))
}

#[test]
fn options_are_dockers() {
    assert_eq!("seccomp=unconfined".parse(), Ok(SecurityOpt::Unconfined));
    assert_eq!("seccomp=/a=b".parse(), Ok(SecurityOpt::Profile("/a=b".into())));
    assert_eq!("no-new-privileges".parse(), Ok(SecurityOpt::NoNewPrivileges));
    for wrong in ["", "seccomp", "seccomp=", "apparmor=x", "no-new-privileges=false"] {
        assert!(wrong.parse::<SecurityOpt>().is_err(), "{wrong}");
    }
}

#[test]
fn the_last_profile_wins() {
    let file = SecurityOpt::Profile("/nowhere/profile.json".into());
    let options = [file.clone(), SecurityOpt::Unconfined, SecurityOpt::NoNewPrivileges];
    assert!(compile(&options, &[]).unwrap().programs.is_empty());
    let error = compile(&[SecurityOpt::Unconfined, file], &[]).unwrap_err().to_string();
    assert!(error.contains("/nowhere/profile.json") && error.contains("a file of the host"), "{error}");
}

#[test]
fn a_call_is_free_or_conditional_or_refused() {
    let Summary { calls, free, conditional, refused } = count(Some(&ours(&[])), Architecture::Amd64);
    eprintln!("{calls} calls, {free} free, {conditional} conditional, {} refused", refused.len());
    assert_eq!(calls, free + conditional + refused.len());
    assert_eq!(conditional, 4, "clone, ioctl, personality, socket");
    for name in ["unshare", "ptrace", "keyctl", "clone3"] {
        assert!(refused.iter().any(|other| other == name), "{name}");
    }
    assert_eq!(count(None, Architecture::Amd64).refused, [""; 0]);
}

/// Podman's profile, where it is installed. A missing one is no success: it is said, and an error where all must run.
fn podmans(architecture: Architecture) -> Option<Profile> {
    if !Path::new(PODMANS).exists() {
        assert!(std::env::var_os("REQUIRE_ALL").is_none_or(|value| value != "1"), "{PODMANS} is missing");
        eprintln!("could not run: {PODMANS} is missing (package golang-github-containers-common)");
        return None;
    }
    Some(Profile::read(Path::new(PODMANS)).unwrap().resolve(&target(&[], architecture)))
}

#[test]
fn podmans_profile_compiles() {
    for architecture in [Architecture::Amd64, Architecture::Arm64] {
        let Some(profile) = podmans(architecture) else { return };
        let programs = program::compile(&profile, architecture).unwrap();
        assert_eq!(programs.len(), 3, "its default is ENOSYS, and some calls have EPERM or EINVAL");
    }
}

#[test]
fn ours_differs_from_podmans_only_for_a_reason() {
    // Podman's is made for containers in containers and for debuggers as well: it allows what Docker's keeps behind a
    // capability, and the kernel's keys, which are in no namespace.
    const PODMANS_ALONE: &str = "clone3 unshare mount umount2 mount_setattr move_mount open_tree fsopen fsconfig \
        fsmount fspick pivot_root ptrace process_vm_readv process_vm_writev pidfd_getfd reboot syslog get_mempolicy \
        set_mempolicy mbind keyctl";
    // Newer calls than that profile, the first two lines, and what Docker allows and Podman does not.
    const OURS_ALONE: &str = "cachestat fchmodat2 file_getattr file_setattr futex_requeue futex_wait futex_waitv \
        futex_wake getxattrat listmount listxattrat map_shadow_stack mseal removexattrat setxattrat statmount uprobe \
        uretprobe \
        io_pgetevents vmsplice";

    let Some(podmans) = podmans(Architecture::Amd64) else { return };
    let allowed = |profile: &Profile| -> BTreeSet<&'static str> {
        let calls = Architecture::Amd64.calls();
        calls.into_keys().filter(|name| reach(profile, name) != Reach::Refused).collect()
    };
    let ours = ours(&[]);
    let (ours, podmans) = (allowed(&ours), allowed(&podmans));
    let without_reason = |more: &BTreeSet<&'static str>, less: &BTreeSet<&'static str>, reasons: &str| {
        let alone = more.difference(less).copied();
        alone.filter(|name| !reasons.split_whitespace().any(|other| other == *name)).collect::<Vec<_>>()
    };
    assert_eq!(without_reason(&podmans, &ours, PODMANS_ALONE), [""; 0]);
    assert_eq!(without_reason(&ours, &podmans, OURS_ALONE), [""; 0]);
}

#[test]
fn a_child_sees_the_filter() {
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "seccomp::tests::inside_the_filter", "--nocapture"]).env(INSIDE, "1");
    let output = child.output().unwrap();
    let shown = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && shown.contains("the filter holds"), "{shown}");
}

/// Does nothing unless the test above calls it: a filter is forever.
#[test]
fn inside_the_filter() {
    if std::env::var_os(INSIDE).is_none() {
        return;
    }
    let filter = compile(&[], &[]).unwrap();
    let (mut nobody, _parent) = Channel::pair().unwrap();
    let refused = load(&filter, false, &mut nobody).err().and_then(|error| error.errno());
    assert!(matches!(refused, None | Some(Errno::EACCES)), "without no_new_privs only CAP_SYS_ADMIN may");
    sys::prctl_set_no_new_privs().unwrap();
    load(&filter, false, &mut nobody).unwrap();
    let errno = |result: Result<()>| result.err().and_then(|error| error.errno());
    assert_eq!(errno(sys::unshare(CloneFlags::CLONE_NEWUSER)), Some(Errno::EPERM));
    assert_eq!(errno(sys::clone3(CloneFlags::empty()).map(drop)), Some(Errno::ENOSYS));
    assert_eq!(errno(sys::ioctl_tiocsti(b'x', 0)), Some(Errno::EPERM));
    assert_eq!(errno(sys::ioctl_tiocsti(b'x', 1)), Some(Errno::EPERM));
    assert_eq!(errno(sys::keyctl_session_keyring().map(drop)), Some(Errno::EPERM));
    assert_eq!(errno(sys::socket_of_family(38 + (1 << 32))), Some(Errno::EPERM));
    assert_eq!(errno(sys::socket_of_family(1)), None, "AF_UNIX");
    assert_ne!(std::process::id(), 0);
    let here = thread::spawn(errno_of_a_thread).join().unwrap();
    assert_eq!(here, Some(Errno::EPERM), "threads begin, by clone, and have the filter too");
    println!("the filter holds");
}

fn errno_of_a_thread() -> Option<Errno> {
    sys::keyctl_session_keyring().err().and_then(|error| error.errno())
}
