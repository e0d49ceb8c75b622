//! The walls of a cell: a root file system of bind mounts, read-only but for one folder.
//!
//! Runs in: PID 1 of the cell, after its mounts were cut off. Kernel: mount(2), mount_setattr(2), pivot_root(2).

use std::path::{Path, PathBuf};

use sys::{MntFlags, MsFlags, Result};

/// What programs, a compiler and a linker need of any system. What a machine does not have is left out.
const SYSTEM: [&str; 19] = [
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/nix/store",
    "/gnu/store",
    "/etc/alternatives",
    "/etc/group",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/passwd",
    "/etc/subgid",
    "/etc/subuid",
    "/opt/rh", // compilers of Red Hat
    "/dev",
    "/sys",
];

/// The folder for temporary files, below the root.
pub(super) const SCRATCH: &str = "scratch";

/// Put the root together in `root`.
pub(super) fn build(
    root: &Path,
    visible: &[PathBuf],
    writable: Option<&Path>,
    groups: &[PathBuf],
) -> Result<()> {
    let safe = MsFlags::MS_NOSUID | MsFlags::MS_NODEV;
    sys::mount(Some("cell"), root, Some("tmpfs"), safe, Some("mode=755,size=16m"))?;
    for path in SYSTEM.map(Path::new).into_iter().chain(visible.iter().map(PathBuf::as_path)) {
        show(root, path)?;
    }
    for folder in ["proc", "srv", "tmp", SCRATCH] {
        fs_err::create_dir_all(root.join(folder))?;
    }
    let writable = writable.map(|path| (path, below(root, path)));
    if let Some((_, target)) = &writable {
        fs_err::create_dir_all(target)?;
    }
    sys::mount_setattr_readonly(root, true)?;
    if let Some((path, target)) = writable {
        bind(path, &target)?;
    }
    for group in groups {
        let target = below(root, group);
        bind(group, &target)?;
        sys::mount_setattr_readonly(&target, false)?;
    }
    sys::mount(Some("scratch"), root.join(SCRATCH), Some("tmpfs"), safe, Some("mode=755,size=512m"))?;
    sys::mount(Some("proc"), root.join("proc"), Some("proc"), safe | MsFlags::MS_NOEXEC, None)
}

/// Make `root` the root, and let go of the old one.
pub(super) fn enter(root: &Path) -> Result<()> {
    sys::chdir(root)?;
    sys::pivot_root(".", ".")?; // the old root now lies on top of the new one: pivot_root(2), NOTES
    sys::umount2(".", MntFlags::MNT_DETACH)?;
    sys::chdir("/")
}

/// Let `path` be seen in `root`, unless it is not there or is seen already.
fn show(root: &Path, path: &Path) -> Result<()> {
    let target = below(root, path);
    let Ok(found) = path.symlink_metadata() else { return Ok(()) };
    if target.symlink_metadata().is_ok() {
        return Ok(());
    }
    if let Some(folder) = target.parent() {
        fs_err::create_dir_all(folder)?;
    }
    if found.is_symlink() {
        return Ok(fs_err::os::unix::fs::symlink(fs_err::read_link(path)?, target)?); // /bin is usr/bin, mostly
    }
    if found.is_dir() {
        fs_err::create_dir(&target)?;
    } else {
        fs_err::write(&target, "")?;
    }
    bind(path, &target)
}

fn bind(path: &Path, target: &Path) -> Result<()> {
    let path = path.to_string_lossy();
    sys::mount(Some(&path), target, None, MsFlags::MS_BIND | MsFlags::MS_REC, None)
}

fn below(root: &Path, path: &Path) -> PathBuf {
    root.join(path.strip_prefix("/").unwrap_or(path))
}
