//! User namespace: ids of its own, and every power over what belongs to it, none over the rest.
//!
//! Runs in: both. The child is born into it; the parent writes the maps, before anything else it does for the child.
//! Kernel: user_namespaces(7). See it: `cat /proc/self/uid_map`, inside and outside.
//!
//! The borrowed root of chapter 2 is not needed any more: the child has the powers that it needs from its birth, in a
//! namespace of its own, and the parent stays outside and keeps what it has.

use std::path::PathBuf;

use ch02::rootless;
use sys::{CloneFlags, Errno, Error, Gid, Pid, Result, Uid};

use crate::subordinate;

/// Whether the container gets a user namespace: `--userns`, named as Podman's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Userns {
    /// One of its own
    Private,
    /// The caller's
    Host,
}

/// How many ids a namespace of root's has, if there are as many: enough for every account in an image.
const IDS: u64 = 1 << 16;

/// What the child is born into. Root has one only if asked, as in Docker; an ordinary user can do nothing without.
pub fn namespace(wanted: Option<Userns>) -> Result<CloneFlags> {
    Ok(if is_private(wanted)? { CloneFlags::CLONE_NEWUSER } else { CloneFlags::empty() })
}

fn is_private(wanted: Option<Userns>) -> Result<bool> {
    match wanted {
        Some(wanted) => Ok(wanted == Userns::Private),
        None => Ok(!rootless::has_cap_sys_admin()?), // which every other namespace takes
    }
}

/// Say who the ids inside are outside. Until then everybody in there is nobody, and can make no file.
///
/// The parent does it, because a map may name ids outside only if its writer has power over them *there*.
pub fn map_ids(wanted: Option<Userns>, container: Pid) -> Result<()> {
    if !is_private(wanted)? {
        return Ok(());
    }
    if rootless::has_cap_sys_admin()? {
        return ["uid_map", "gid_map"].iter().try_for_each(|map| map_last_ids(container, map));
    }
    if subordinate::map(container) {
        return Ok(());
    }
    map_own_ids(container)
}

/// Be root inside, in the child, once the maps are there. Whom an ordinary user has mapped is so already; root's child is
/// still root outside, and that is nobody in here.
pub fn become_root() -> Result<()> {
    if Uid::current().is_root() && Gid::current().as_raw() == 0 {
        return Ok(());
    }
    sys::setgid(Gid::from_raw(0))?;
    sys::setuid(Uid::from_raw(0))
}

/// What everybody may do: one id, his own, which is root inside.
fn map_own_ids(container: Pid) -> Result<()> {
    let (uid, gid) = (Uid::effective(), Gid::effective());
    // The kernel wants this first: who could drop a group could reach files that shut that group out.
    sys::write(file(container, "setgroups"), "deny")?;
    sys::write(file(container, "uid_map"), &format!("0 {uid} 1")).map_err(why_not)?;
    sys::write(file(container, "gid_map"), &format!("0 {gid} 1"))
}

/// For root, who may map any: the last ids that there are. They belong to nobody, on any machine, and nobody has to
/// write them into a file first. Engines give each container others.
fn map_last_ids(container: Pid, map: &str) -> Result<()> {
    let own = sys::read(PathBuf::from("/proc/self").join(map))?;
    let (first, count) = last_ids(&own);
    sys::write(file(container, map), &format!("0 {first} {count}")).map_err(why_not)
}

/// The first of them and how many, by the text of our own map: at most the half of what we have ourselves.
fn last_ids(own: &str) -> (u64, u64) {
    let extents = own.lines().filter_map(|line| {
        let [inside, _, count] = line.split_whitespace().collect::<Vec<_>>()[..] else { return None };
        Some((inside.parse::<u64>().ok()?, count.parse::<u64>().ok()?))
    });
    let (inside, count) = extents.max_by_key(|(_, count)| *count).unwrap_or_default();
    let wanted = IDS.min(count / 2);
    (inside + count - wanted, wanted)
}

fn file(container: Pid, name: &str) -> PathBuf {
    PathBuf::from(format!("/proc/{container}")).join(name)
}

fn why_not(error: Error) -> Error {
    match error.errno() {
        Some(Errno::EPERM) => error
            .why("the kernel lets nobody map ids over which he has no power outside")
            .remedy("As an ordinary user leave --userns out; as root look at /proc/self/uid_map."),
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_has_the_last_ids_mapped() {
        assert_eq!(last_ids("         0          0 4294967295\n"), (4_294_901_759, 65536));
        assert_eq!(last_ids("0 1879048192 65536\n"), (32768, 32768));
        assert_eq!(last_ids("0 1000 1\n1 100000 65536\n"), (32769, 32768));
    }

    #[test]
    fn what_is_asked_for_counts() {
        assert!(is_private(Some(Userns::Private)).unwrap());
        assert!(!is_private(Some(Userns::Host)).unwrap());
    }
}
