//! File systems: what may be mounted in a mount namespace of our own, and where the root may go.

use sys::{CloneFlags, Errno, Error, MntFlags, MsFlags, Result};

use super::{
    look,
    restrictions::Restrictions,
    row::Row,
    users::{Users, inside},
};

/// A directory that every Linux has, over which the children mount. Nothing is written to it.
const STAND: &str = "/tmp";

/// Every row is tried in a new mount namespace, made private first with chapter 4's own unit.
pub fn rows(users: &Users, restrictions: &Restrictions) -> Vec<Row> {
    let row = |id, about, namespaces, called, work: fn() -> Result<()>| {
        let cure = |kind, error: &Error| match error.errno() {
            Some(Errno::EINVAL) if error.what.starts_with("pivot_root") => PIVOT_REMEDY.into(),
            _ => restrictions.remedy(kind, error),
        };
        users.row(id, about, cure, |_| inside(namespaces | CloneFlags::CLONE_NEWNS, called, work))
    };
    let none = CloneFlags::empty();
    vec![
        row("proc", "a new /proc that shows only the container", CloneFlags::CLONE_NEWPID, PROC, proc),
        row("tmpfs", "a file system in memory", none, "mount(\"tmpfs\")", tmpfs),
        row("overlay", "layers, written to and deleted from", none, OVERLAY, overlay),
        row("pivot_root", "a root of its own", none, "pivot_root(\".\", \".\")", pivot_root),
    ]
}

const PROC: &str = "mount(\"proc\", \"/proc\")";
const OVERLAY: &str = "mount(\"overlay\") on a tmpfs, copy up, white out";
const PIVOT_REMEDY: &str =
    "pivot_root(2) does not work from an initramfs: start from a real root file system.";

/// Fails inside Docker: a new procfs must not show more than the present one, of which Docker covers
/// parts (`mount_too_revealing` in the kernel's fs/namespace.c).
fn proc() -> Result<()> {
    ch04::mounts::make_private()?;
    ch04::mounts::mount_proc()?;
    match look::link("/proc/self") {
        Some(pid) if pid.as_os_str() == "1" => Ok(()),
        other => Err(Error::new(format!("readlink(\"/proc/self\"): {other:?}, not PID 1"))),
    }
}

fn tmpfs() -> Result<()> {
    ch04::mounts::make_private()?;
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV;
    sys::mount(Some("tmpfs"), STAND, Some("tmpfs"), flags, Some("size=1m"))
}

/// The upper layer is on the tmpfs, so this says nothing about one on the machine's disk.
/// Kernel: overlayfs.rst; unprivileged since Linux 5.11.
fn overlay() -> Result<()> {
    tmpfs()?;
    sys::chdir(STAND)?;
    for folder in ["lower", "upper", "work", "merged"] {
        fs_err::create_dir(folder)?;
    }
    fs_err::write("lower/changed", "lower")?;
    fs_err::write("lower/deleted", "lower")?;
    let options = "lowerdir=lower,upperdir=upper,workdir=work";
    sys::mount(Some("overlay"), "merged", Some("overlay"), MsFlags::empty(), Some(options))?;
    fs_err::write("merged/changed", "upper")?;
    fs_err::remove_file("merged/deleted")?;
    let seen = (fs_err::read_to_string("lower/changed")?, fs_err::read_to_string("upper/changed")?);
    if seen == ("lower".into(), "upper".into()) && !fs_err::exists("merged/deleted")? {
        Ok(())
    } else {
        Err(Error::new(format!("the layers hold {seen:?}")))
    }
}

/// The trick of the man page, `pivot_root(".", ".")`: the old root lies on top of the new one and is
/// taken off, so no directory for it is needed.
fn pivot_root() -> Result<()> {
    tmpfs()?;
    sys::chdir(STAND)?;
    sys::pivot_root(".", ".")?;
    sys::umount2(".", MntFlags::MNT_DETACH)?;
    sys::chdir("/")
}
