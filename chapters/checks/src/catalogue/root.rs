//! Checks of chapter 8: the root, its devices, what it shares, and what of the kernel shows in it.

use std::{
    os::unix::fs::{FileTypeExt, MetadataExt, symlink},
    path::{Path, PathBuf},
    process::ExitCode,
};

use nix::{
    fcntl::OFlag,
    pty::{grantpt, posix_openpt, ptsname_r, unlockpt},
    sys::{
        stat::{major, minor},
        statvfs::{FsFlags, statvfs},
    },
};
use serde::{Deserialize, Serialize};

use super::{memory::shell_words, shell};
use crate::{
    Scene, bundle,
    probe::print_json,
    scene::{self, Stop},
    subject::{Request, Volume},
};

/// What is the host's own, by device and inode: no other name hides that.
#[derive(Serialize, Deserialize)]
struct HostFile {
    path: PathBuf,
    device: u64,
    inode: u64,
}

/// Where a host has files that are nobody's business inside. Not `/usr`: that is lent.
const HOST: [&str; 10] =
    ["/", "/boot", "/etc", "/home", "/opt", "/root", "/srv", "/tmp", "/var/lib", "/var/log"];

pub(super) fn own_root(scene: &Scene) -> Result<String, Stop> {
    let list = scene.folder.join("host-files");
    let files =
        serde_json::to_string(&host_files(scene)?).map_err(|error| Stop::Failed(error.to_string()))?;
    fs_err::write(&list, files)?;
    let look = scene::probe(["look-at-root".into(), list.into_os_string()])?;
    let ended = scene.run(&Request { command: look, ..Request::default() })?;
    ended.json()
}

/// The files in [`HOST`], and those one folder below; but not those that every subject is given.
fn host_files(scene: &Scene) -> Result<Vec<HostFile>, Stop> {
    let program = std::env::current_exe()?;
    let mut found = Vec::new();
    let folders = HOST.map(PathBuf::from);
    let below = folders.iter().skip(1).flat_map(|folder| entries(folder)).filter(|path| path.is_dir());
    for path in folders.iter().cloned().chain(below).flat_map(|folder| entries(&folder)) {
        let Ok(file) = fs_err::symlink_metadata(&path) else { continue };
        if file.is_file() && !path.starts_with(scene.folder) && path != program {
            found.push(HostFile { path, device: file.dev(), inode: file.ino() });
        }
    }
    if found.is_empty() {
        return Err(Stop::CouldNotRun(
            "this host has no files outside of /usr that could be looked for".into(),
        ));
    }
    Ok(found)
}

/// What is in a folder that we may read; nothing in one that we may not.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs_err::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

/// The half inside of [`own_root`].
pub(crate) fn look_at_root(list: &str) -> sys::Result<ExitCode> {
    let files: Vec<HostFile> = serde_json::from_str(&fs_err::read_to_string(list)?)
        .map_err(|error| sys::Error::new(error.to_string()))?;
    let is_here = |file: &&HostFile| {
        fs_err::symlink_metadata(&file.path)
            .is_ok_and(|here| (here.dev(), here.ino()) == (file.device, file.inode))
    };
    let visible = files.iter().filter(is_here).count();
    let visible = if visible == 0 { "none".to_owned() } else { format!("at least {visible}") };
    let written = fs_err::write("/usr/written-by-a-check", "");
    let usr = written.map_or_else(|error| format!("{:?}", error.kind()), |()| "written".to_owned());
    let (root, above) = (fs_err::metadata("/")?, fs_err::metadata("/..")?);
    let above = if (root.dev(), root.ino()) == (above.dev(), above.ino()) { "the root" } else { "another" };
    print_json(&format!("files of the host: {visible}\na new file in /usr: {usr}\nabove the root: {above}"))
}

pub(super) fn devices(scene: &Scene) -> Result<String, Stop> {
    scene.run(&Request { command: scene::probe(["look-at-devices"])?, ..Request::default() })?.json()
}

/// The half inside of [`devices`].
pub(crate) fn look_at_devices() -> sys::Result<ExitCode> {
    let mut lines = Vec::new();
    // runc links /dev/core only where this kernel has /proc/kcore, crun and we always.
    for path in entries(Path::new("/dev")).iter().filter(|path| !path.ends_with("core")) {
        let file = fs_err::symlink_metadata(path)?;
        let kind = if file.file_type().is_symlink() {
            format!("-> {}", fs_err::read_link(path)?.display())
        } else if file.is_dir() {
            "a directory".to_owned()
        } else if file.file_type().is_char_device() {
            format!("device {}:{}, mode {:o}", major(file.rdev()), minor(file.rdev()), file.mode() & 0o777)
        } else {
            "something else".to_owned()
        };
        lines.push(format!("{}: {kind}", path.file_name().unwrap_or_default().display()));
    }
    lines.sort();
    let full = fs_err::write("/dev/full", "x");
    let full = full.map_or_else(|error| format!("{:?}", error.kind()), |()| "written".to_owned());
    let terminal = new_terminal().unwrap_or_else(|errno| format!("{errno:?}"));
    lines.push(format!("writing to /dev/full: {full}\nthe first new terminal: {terminal}"));
    print_json(&lines.join("\n"))
}

fn new_terminal() -> nix::Result<String> {
    let terminal = posix_openpt(OFlag::O_RDWR)?;
    grantpt(&terminal)?;
    unlockpt(&terminal)?;
    ptsname_r(&terminal)
}

pub(super) fn masked_paths(scene: &Scene) -> Result<String, Stop> {
    scene.run(&Request { command: scene::probe(["look-behind-masks"])?, ..Request::default() })?.json()
}

/// The half inside of [`masked_paths`].
pub(crate) fn look_behind_masks() -> sys::Result<ExitCode> {
    let has_content = |path: &&str| {
        let path = Path::new(path);
        if path.is_dir() { !entries(path).is_empty() } else { begins_with_something(path) }
    };
    let open: Vec<&str> = bundle::MASKED.iter().copied().filter(has_content).collect();
    print_json(&format!("with something in it: {open:?}"))
}

fn begins_with_something(path: &Path) -> bool {
    use std::io::Read;
    fs_err::File::open(path).is_ok_and(|mut file| file.read(&mut [0; 16]).is_ok_and(|length| length > 0))
}

pub(super) fn kernel_settings(scene: &Scene) -> Result<String, Stop> {
    scene.run(&Request { command: scene::probe(["look-at-settings"])?, ..Request::default() })?.json()
}

/// The half inside of [`kernel_settings`].
pub(crate) fn look_at_settings() -> sys::Result<ExitCode> {
    let is_writable =
        |path: &&str| statvfs(Path::new(path)).is_ok_and(|mount| !mount.flags().contains(FsFlags::ST_RDONLY));
    let mut writable: Vec<&str> =
        bundle::READ_ONLY.iter().chain(&["/sys"]).copied().filter(is_writable).collect();
    let table = fs_err::read_to_string("/proc/self/mountinfo")?;
    let groups = |line: &&str| line.contains(" - cgroup ") || line.contains(" - cgroup2 ");
    let points = table.lines().filter(groups).filter_map(|line| line.split(' ').nth(4));
    writable.extend(points.filter(is_writable));
    print_json(&format!("not read-only: {writable:?}"))
}

pub(super) fn own_groups_shown(scene: &Scene) -> Result<String, Stop> {
    scene.needs_groups()?;
    scene.run(&Request { command: scene::probe(["look-at-groups"])?, ..Request::default() })?.json()
}

/// The half inside of [`own_groups_shown`]: of a group that is the top of what is mounted we see no folder above.
pub(crate) fn look_at_groups() -> sys::Result<ExitCode> {
    let own = std::process::id().to_string();
    let shown = scene::groups_with(&own);
    let table = fs_err::read_to_string("/proc/self/mountinfo")?;
    let is_top = |group: &PathBuf| {
        table
            .lines()
            .any(|line| line.split(' ').nth(3) == Some("/") && line.split(' ').nth(4) == group.to_str())
    };
    let limits = |group: &&PathBuf| group.join("pids.max").exists(); // the host's own top has none
    let own = shown.iter().filter(limits).filter(|group| is_top(group)).count();
    print_json(&if own == 0 { "none" } else { "its own, as the top" })
}

pub(super) fn volumes(scene: &Scene) -> Result<String, Stop> {
    let (shared, file) = (scene.folder.join("shared"), scene.folder.join("one-file"));
    fs_err::create_dir(&shared)?;
    fs_err::write(shared.join("letter"), "hello")?;
    fs_err::write(&file, "only me")?;
    let volume = |source: &Path, destination: &str, read_only| Volume {
        source: source.to_owned(),
        destination: destination.into(),
        read_only,
    };
    let request = Request {
        volumes: vec![
            volume(&shared, "/deep/data", false),
            volume(&shared, "/deep/fixed", true),
            volume(&file, "/deep/file", true),
        ],
        command: shell(
            "cat /deep/data/letter /deep/file; echo; echo answer >/deep/data/answer; echo x >/deep/fixed/letter",
        ),
        ..Request::default()
    };
    let ended = scene.run(&request)?;
    let answer = fs_err::read_to_string(shared.join("answer")).unwrap_or_default();
    Ok(format!(
        "inside: {}\nwritten inside, read outside: {}\nwhere it is read-only: {}",
        ended.stdout.trim(),
        answer.trim(),
        ended.stderr.rsplit(": ").next().unwrap_or_default().trim()
    ))
}

pub(super) fn scratch(scene: &Scene) -> Result<String, Stop> {
    let script = "ls -A /scratch; echo x >/scratch/file && cat /scratch/file; cp /bin/true /scratch/run && /scratch/run";
    let request = Request { tmpfs: vec!["/scratch".into()], command: shell(script), ..Request::default() };
    let ended = scene.run(&request)?;
    let refused = ended.stderr.rsplit(": ").next().unwrap_or_default().trim();
    Ok(format!("written and read: {}\na program in it: {refused}", ended.stdout.trim()))
}

pub(super) fn read_only_root(scene: &Scene) -> Result<String, Stop> {
    let script = shell("echo x >/dev/null && echo devices work; echo x >/file && echo a new file");
    let mut text = Vec::new();
    for (what, read_only) in [("as it is", false), ("read-only", true)] {
        let ended = scene.run(&Request { read_only, command: script.clone(), ..Request::default() })?;
        let refused = ended.stderr.rsplit(": ").next().unwrap_or_default().trim();
        let answers = [ended.stdout.trim().replace('\n', ", "), refused.to_owned()];
        text.push(format!("{what}: {}", answers.join(" ").trim()));
    }
    Ok(text.join("\n"))
}

pub(super) fn given_root(scene: &Scene) -> Result<String, Stop> {
    let root = make_root(scene, "given")?;
    fs_err::write(root.join("letter"), "from the given root")?;
    let command = shell("cat /letter; echo x >/written");
    let ended = scene.run(&Request { rootfs: Some(root.clone()), command, ..Request::default() })?;
    let written =
        if root.join("written").exists() { "is in the directory" } else { "is not in the directory" };
    Ok(format!("inside: {}\nwhat is written inside {written}", ended.stdout.trim()))
}

/// A root in which programs work once the host's `/usr` is shared with it, as far as it needs files of its own.
fn make_root(scene: &Scene, name: &str) -> Result<PathBuf, Stop> {
    let root = scene.folder.join(name);
    fs_err::create_dir(&root)?;
    link_programs(&root)?;
    Ok(root)
}

/// The links at the top of a root, as this host has them.
pub(crate) fn link_programs(root: &Path) -> Result<(), Stop> {
    for name in bundle::PROGRAMS {
        if let Ok(target) = fs_err::read_link(Path::new("/").join(name)) {
            symlink(target, root.join(name))?;
        }
    }
    Ok(())
}

pub(super) fn hostile_root(scene: &Scene) -> Result<String, Stop> {
    let host = scene::host_place()?;
    let shared = scene.folder.join("shared");
    fs_err::create_dir(&shared)?;
    let mut text = Vec::new();
    for (what, number, target) in [
        ("a link to it", 1, host.clone()),
        (
            "a link upwards",
            2,
            Path::new("../../../../../../../..").join(host.strip_prefix("/").unwrap_or(&host)),
        ),
        (
            "a link through /proc",
            3,
            Path::new("/proc/self/root").join(host.strip_prefix("/").unwrap_or(&host)),
        ),
    ] {
        let root = make_root(scene, &format!("hostile-{number}"))?;
        symlink(&target, root.join("data"))?;
        let volume = Volume { source: shared.clone(), destination: "/data/new".into(), read_only: false };
        let look = shell("echo started");
        let request =
            Request { rootfs: Some(root), volumes: vec![volume], command: look, ..Request::default() };
        scene.run(&request)?; // whether it starts is a matter of taste
        let touched = host.join("new").exists();
        text.push(format!("{what}: the host is {}", if touched { "reached" } else { "untouched" }));
    }
    let words = shell_words(&scene::probe(["report"])?);
    let usual = scene.run(&Request {
        rootfs: Some(make_root(scene, "harmless")?),
        volumes: vec![Volume { source: shared, destination: "/data/new".into(), read_only: false }],
        command: shell(&format!("{words} >/dev/null; ls -d /data/new")),
        ..Request::default()
    })?;
    text.push(format!("a harmless root: {}", usual.stdout.trim()));
    Ok(text.join("\n"))
}
