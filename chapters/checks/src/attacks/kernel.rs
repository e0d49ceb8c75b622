//! Attacks that chapter 12 stops: with system calls that take no capability, or give all of them.

use std::process::{Command, Stdio};

use fs_err::os::unix::fs::OpenOptionsExt;
use sys::{CloneFlags, Error, MsFlags};

use super::{Loot, from_inside};
use crate::{Scene, scene::Stop};

/// What the caller has in his keyring, and who finds it.
const KEY: &str = "minicontainer:password";

/// Chapter 11 has taken the capabilities. A user namespace of one's own gives them all again, over what belongs to it.
pub(super) fn unshare_again(scene: &Scene) -> Result<(bool, String), Stop> {
    let folder = scene.folder.join("below");
    fs_err::create_dir(&folder)?;
    let loot = from_inside(scene, "unshare_again", &[&folder.to_string_lossy()])?;
    Ok((loot.got_through, loot.evidence))
}

/// The half inside.
pub(super) fn unshare(folder: &str) -> Loot {
    let mount = || {
        sys::unshare(CloneFlags::CLONE_NEWUSER | CloneFlags::CLONE_NEWNS)?;
        sys::mount(Some("again"), folder, Some("tmpfs"), MsFlags::empty(), None)
    };
    Loot::of(mount().map_err(what), |()| "unshare(CLONE_NEWUSER) = 0, and then mount = 0".to_owned())
}

/// A session keyring comes with a login, and all processes below share it. No namespace divides it.
pub(super) fn read_key(scene: &Scene) -> Result<(bool, String), Stop> {
    sys::keyctl_join_session_keyring().map_err(|error| match error.errno() {
        Some(sys::Errno::ENOSYS) => Stop::DoesNotApply("this kernel keeps no keys".to_owned()),
        _ => error.into(),
    })?;
    sys::add_key(KEY, b"hunter2")?;
    let loot = from_inside(scene, "read_key", &[])?;
    Ok((loot.got_through, loot.evidence))
}

/// The half inside.
pub(super) fn read_keyring() -> Loot {
    let read = || sys::keyctl_read(sys::keyctl_search(KEY)?);
    Loot::of(read().map_err(what), |secret| format!("the key is {:?}", String::from_utf8_lossy(&secret)))
}

/// The caller: a shell that reads, for a moment, what there is to read once the container is gone.
const CALLER: &str = r#"stty raw min 0 time 1; "$@"; exec dd bs=8 count=1 2>/dev/null"#;

/// Whoever shares the caller's terminal can type into it, and the caller's shell reads it when the container is gone.
pub(super) fn type_into_terminal(scene: &Scene) -> Result<(bool, String), Stop> {
    let allowed = fs_err::read_to_string("/proc/sys/dev/tty/legacy_tiocsti").unwrap_or_default();
    if allowed.trim() == "0" {
        return Err(Stop::DoesNotApply(
            "this kernel lets nobody type for others: dev.tty.legacy_tiocsti".into(),
        ));
    }
    let (_terminal, path) = sys::new_terminal()?;
    let not_ours = nix::fcntl::OFlag::O_NOCTTY.bits(); // the judge leads a session and has no terminal yet
    let end = fs_err::OpenOptions::new().read(true).write(true).custom_flags(not_ours).open(path)?;
    let mut caller = Command::new("setsid");
    caller.args(["--ctty", "--wait", "/bin/sh", "-c", CALLER, "sh"]);
    scene.append(&mut caller, &scene.attacker("type_into_terminal", &[])?)?;
    let said = caller.stdin(Stdio::from(end.into_parts().0)).output()?;
    let text = String::from_utf8_lossy(&said.stdout);
    let (loot, typed) = text.split_once('\n').unwrap_or_default();
    let loot: Loot = serde_json::from_str(loot)
        .map_err(|_| Stop::Failed(format!("{text}{}", String::from_utf8_lossy(&said.stderr))))?;
    Ok((typed == "x", format!("{}; the caller's shell reads {typed:?}", loot.evidence)))
}

/// The half inside: one letter.
pub(super) fn type_a_letter() -> Loot {
    let typed = sys::ioctl_tiocsti(b'x', 0);
    Loot::of(typed.map_err(what), |()| "ioctl(0, TIOCSTI, 'x') = 0".to_owned())
}

fn what(error: Error) -> String {
    error.what
}
