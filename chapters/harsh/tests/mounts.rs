//! Harsh programs that mount, unmount and write where they should not.

use std::path::Path;

use nix::sys::stat::{Mode, SFlag, makedev, mknod};
use sys::{CloneFlags, MntFlags, MsFlags, Result};

use crate::diary::{HOLE, folder, gain_power, in_user_namespace, mounts, must_fail, new_folder, note};

/// Name of the files that we try to leave on the host.
const MARKER: &str = "minicontainer-harsh-was-here";

/// Mount an empty file system over everything, the mistake of a runtime with the wrong path.
pub fn cover_root() -> Result<()> {
    gain_power()?;
    for point in ["/proc", "/usr", "/etc", "/tmp", "/"] {
        note(point, &sys::mount(Some("cover"), point, Some("tmpfs"), MsFlags::empty(), None));
    }
    Ok(())
}

/// Unmount whatever can be unmounted, and write to what appears below.
pub fn detach_everything() -> Result<()> {
    gain_power()?;
    for mount in mounts()?.iter().rev() {
        let detached = sys::umount2(&mount.point, MntFlags::MNT_DETACH);
        note(&mount.point.to_string_lossy(), &detached);
    }
    write_everywhere(Path::new("/"));
    let first = fs_err::read("/proc/1/cmdline").unwrap_or_default();
    if !first.is_empty() && !first.split(|byte| *byte == 0).any(|word| word == b"checks-fence") {
        println!("{HOLE}: /proc shows the host's processes");
    }
    Ok(())
}

/// Exchange the root that everybody in the fence shares, and throw away the old one.
pub fn pivot_the_real_root() -> Result<()> {
    gain_power()?;
    let new = new_folder("new-root")?;
    note("private", &sys::mount(None, "/", None, MsFlags::MS_REC | MsFlags::MS_PRIVATE, None));
    note("new root", &sys::mount(Some("new"), &new, Some("tmpfs"), MsFlags::empty(), None));
    note("old", &sys::mkdir(new.join("old")));
    note("pivot", &sys::pivot_root(&new, new.join("old")));
    note("throw away", &sys::umount2("/old", MntFlags::MNT_DETACH));
    note("throw away at its old path", &sys::umount2(new.join("old"), MntFlags::MNT_DETACH));
    Ok(())
}

/// Make read-only file systems writable again, in every way there is, and write to them.
pub fn write_to_the_host() -> Result<()> {
    write_everywhere(Path::new("/"));
    gain_power()?;
    remount_writable();
    write_everywhere(Path::new("/"));

    let copy = new_folder("copy")?;
    note("bind", &sys::mount(Some("/"), &copy, None, MsFlags::MS_BIND | MsFlags::MS_REC, None));
    must_fail("copy writable", &sys::mount_setattr_readonly(&copy, false));
    write_everywhere(&copy);

    for namespaces in [CloneFlags::CLONE_NEWNS, CloneFlags::CLONE_NEWUSER | CloneFlags::CLONE_NEWNS] {
        note("namespaces of our own", &sys::unshare(namespaces));
        remount_writable();
        write_everywhere(Path::new("/"));
    }
    Ok(())
}

fn remount_writable() {
    must_fail("all writable", &sys::mount_setattr_readonly("/", false));
    for mount in mounts().unwrap_or_default() {
        // Not every mount is the host's: what is writable behind one shows in what can be written.
        sys::mount(None, &mount.point, None, MsFlags::MS_REMOUNT | MsFlags::MS_BIND, None).ok();
    }
    // This one would reach the host's own mount, so it is only tried where it cannot.
    if in_user_namespace() {
        must_fail("/ anew", &sys::mount(None, "/", None, MsFlags::MS_REMOUNT, None));
    }
}

/// Try to leave a file in each folder that matters. One that got there is taken away again.
fn write_everywhere(root: &Path) {
    for folder in ["", "etc", "usr", "usr/bin", "tmp", "var/tmp", "root", "home", "dev/shm", "run", "boot"] {
        let path = root.join(folder).join(MARKER);
        let created = fs_err::OpenOptions::new().write(true).create_new(true).open(&path);
        must_fail(&format!("file {}", path.display()), &created);
        if created.is_ok() {
            note("taken away again", &fs_err::remove_file(&path));
        }
    }
}

/// Open the host's disk, for reading: writing to it would be as easy.
pub fn reach_the_disk() -> Result<()> {
    gain_power()?;
    let table = sys::read("/proc/partitions")?;
    let disks = table.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        Some((words.next()?.parse().ok()?, words.next()?.parse().ok()?, words.nth(1)?.to_owned()))
    });
    let fresh = new_folder("dev")?;
    must_fail("devtmpfs", &sys::mount(Some("dev"), &fresh, Some("devtmpfs"), MsFlags::empty(), None));
    for (major, minor, name) in disks.take(3) {
        let node = folder()?.join(&name);
        let made = mknod(&node, SFlag::S_IFBLK, Mode::S_IRUSR, makedev(major, minor));
        must_fail(&format!("mknod {name}"), &made);
        for path in [node, fresh.join(&name), Path::new("/dev").join(&name)] {
            must_fail(&path.to_string_lossy(), &fs_err::File::open(&path));
        }
    }
    Ok(())
}
