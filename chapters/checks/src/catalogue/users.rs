//! Checks of chapter 10: the user namespace, and who the command is in it.

use std::{os::unix::fs::MetadataExt, path::Path};

use sys::{Pid, Signal};

use super::{memory::shell_words, shell};
use crate::{
    Scene, User,
    scene::{self, Stop},
    subject::Request,
};

pub(super) fn root_inside(scene: &Scene) -> Result<String, Stop> {
    let sleep = shell_words(&scene::probe(["sleep", "who"])?);
    let script = format!("grep ^Uid: /proc/self/status | cut -f 2,3; exec {sleep}");
    let mut running =
        scene.start(&Request { userns: true, command: shell(&script), ..Request::default() })?;
    let inside = running.line()?.replace('\t', ", ");
    let command = scene::wait_for("who")?;
    let outside = owner(command)?;
    let outside = if outside == 0 { "root".to_owned() } else { "somebody else".to_owned() };
    let stays = user_namespace(Pid::from_raw(i32::try_from(running.pid()).unwrap_or_default()))?
        == user_namespace(Pid::this())?;
    let runtime = if stays { "stays outside" } else { "is inside" };
    Ok(format!("inside: {inside}\noutside: {outside}\nthe runtime {runtime}"))
}

/// Who owns a process, as we see it.
fn owner(pid: Pid) -> Result<u32, Stop> {
    let status = fs_err::read_to_string(format!("/proc/{pid}/status"))?;
    let uid =
        status.lines().find_map(|line| line.strip_prefix("Uid:")?.split_whitespace().nth(1)?.parse().ok());
    uid.ok_or_else(|| Stop::Failed("it has no owner".into()))
}

fn user_namespace(pid: Pid) -> Result<std::path::PathBuf, Stop> {
    Ok(fs_err::read_link(Path::new("/proc").join(pid.to_string()).join("ns/user"))?)
}

pub(super) fn user(scene: &Scene) -> Result<String, Stop> {
    one_id_only()?;
    let status = ["/bin/cat", "/proc/self/status"].map(Into::into).to_vec();
    let ended =
        scene.run_with(&Request { user: Some(1000), command: status, ..Request::default() }, |caller| {
            caller.env("LC_ALL", "C");
        })?;
    let line = |name: &str| {
        let line = ended.stdout.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        line.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    Ok(format!("user: {}\ngroup: {}\nother groups: {}", line("Uid:"), line("Gid:"), line("Groups:")))
}

/// Whoever changes his user loses the promise that he dies with his parent, prctl(2).
pub(super) fn user_dies_with_runtime(scene: &Scene) -> Result<String, Stop> {
    one_id_only()?;
    let sleep = scene::probe(["sleep", "as-user"])?;
    let running = scene.start(&Request { user: Some(1000), command: sleep, ..Request::default() })?;
    let owner = owner(scene::wait_for("as-user")?)?;
    running.signal(Signal::SIGKILL)?;
    let gone = if scene::is_gone("as-user")? { "gone" } else { "still running" };
    Ok(format!("user {owner}: {gone}"))
}

pub(super) fn one_id_only() -> Result<(), Stop> {
    match User::current() {
        User::Root => Ok(()),
        User::Ordinary => {
            Err(Stop::DoesNotApply("an ordinary user has one id in the fence: root".to_owned()))
        }
    }
}

/// Whether a file on the host is a program that makes everybody root.
pub(crate) fn makes_root(file: &Path) -> bool {
    fs_err::metadata(file).is_ok_and(|file| file.uid() == 0 && file.mode() & 0o4001 == 0o4001)
}
