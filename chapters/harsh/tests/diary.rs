//! What a harsh program tries, line by line on its standard output, which the verdict carries to the test.

use std::{fmt::Display, path::PathBuf};

use sys::{CloneFlags, Uid};

/// In a line that says that the fence has a hole.
pub const HOLE: &str = "GOT THROUGH";
/// The last line of a program that came to its end.
pub const DONE: &str = "did what it could";
/// In the last line of one that did not.
pub const EARLY: &str = "ended early";
/// In the line of a program that refuses to start.
pub const REFUSED: &str = "refuses to start";

/// Something that the fence allows or forbids, as it likes: the host is none the worse.
pub fn note<T, E: Display>(what: &str, result: &Result<T, E>) {
    match result {
        Ok(_) => println!("{what}: done"),
        Err(error) => println!("{what}: {}", first_line(error)),
    }
}

/// Something that must fail.
pub fn must_fail<T, E: Display>(what: &str, result: &Result<T, E>) {
    match result {
        Ok(_) => println!("{HOLE}: {what}"),
        Err(error) => println!("{what}: {}", first_line(error)),
    }
}

/// An error without where it happened and what to read.
fn first_line(error: &impl Display) -> String {
    error.to_string().lines().next().unwrap_or_default().to_owned()
}

/// The fence's folder, the only place where it lets us write.
pub fn folder() -> sys::Result<PathBuf> {
    let found = mounts()?.into_iter().rev().find(|mount| mount.source == "fence");
    let found = found.ok_or_else(|| sys::Error::new("the fence has no folder".to_owned()))?;
    Ok(found.point)
}

/// A new folder in the fence's.
pub fn new_folder(name: &str) -> sys::Result<PathBuf> {
    let path = folder()?.join(name);
    sys::mkdir(&path)?;
    Ok(path)
}

/// A line of `/proc/self/mountinfo`.
pub struct Mount {
    pub point: PathBuf,
    pub kind: String,
    pub source: String,
}

/// All mounts that this process sees, in the order in which they were made.
pub fn mounts() -> sys::Result<Vec<Mount>> {
    let table = sys::read("/proc/self/mountinfo")?;
    Ok(table
        .lines()
        .filter_map(|line| {
            let (left, right) = line.split_once(" - ")?;
            let mut right = right.split(' ');
            Some(Mount {
                point: left.split(' ').nth(4)?.into(),
                kind: right.next()?.into(),
                source: right.next()?.into(),
            })
        })
        .collect())
}

/// Take all the power that can be had, as a student's runtime does: root has it, an ordinary user makes a
/// user namespace.
pub fn gain_power() -> sys::Result<()> {
    if Uid::effective().is_root() {
        return Ok(());
    }
    let (uid, gid) = (Uid::effective(), sys::Gid::effective());
    sys::unshare(CloneFlags::CLONE_NEWUSER | CloneFlags::CLONE_NEWNS)?;
    sys::write("/proc/self/setgroups", "deny")?;
    sys::write("/proc/self/uid_map", &format!("0 {uid} 1"))?;
    sys::write("/proc/self/gid_map", &format!("0 {gid} 1"))
}

/// Whether this is a user namespace below the machine's own.
pub fn in_user_namespace() -> bool {
    let map = sys::read("/proc/self/uid_map").unwrap_or_default();
    map.split_whitespace().ne(["0", "0", "4294967295"])
}
