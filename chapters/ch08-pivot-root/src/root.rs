//! Root: the new root before we are in it, and paths in it that cannot lead out.
//!
//! Runs in: child. Before: `rootfs::pivot`. Kernel: openat2(2), move_mount(2).
//! See it: `--explain` with `-v /usr:/data`.
//!
//! Whoever made the root may want to reach the host: an image whose `/data` is a link to `/etc` makes a careless
//! runtime mount over the host's `/etc` (CVE-2021-30465 and others). So nothing in it is looked up as a path of the
//! host. `openat2(2)` with RESOLVE_IN_ROOT takes links and `..` as if the directory was the root already, and what
//! it has found is a descriptor: nobody can put something else in its place before it is used.

use std::{
    ffi::OsStr,
    os::fd::{AsRawFd, OwnedFd},
    path::{Path, PathBuf},
};

use sys::{Errno, Error, MsFlags, ResolveFlag, Result};

/// The directory that becomes the root.
#[derive(Debug)]
pub struct Root(OwnedFd);

impl Root {
    /// The root at `directory`, or at what is mounted there.
    pub fn open(directory: &Path) -> Result<Root> {
        sys::open_path(directory).map(Root)
    }

    /// A new and empty one, in memory.
    ///
    /// **The trick** is the *covered root*: a mount on `/` itself needs no folder of the host. Paths still begin in
    /// what is below it, and only `..` at the top leads into it.
    pub fn cover() -> Result<Root> {
        sys::mount(Some("root"), "/", Some("tmpfs"), MsFlags::MS_NODEV, Some("mode=755"))?;
        Root::open(Path::new("/.."))
    }

    /// It as a descriptor.
    pub fn descriptor(&self) -> &OwnedFd {
        &self.0
    }

    /// The place that `path` names in this root.
    pub fn find(&self, path: impl AsRef<Path>) -> Result<OwnedFd> {
        sys::openat2(&self.0, path, ResolveFlag::RESOLVE_IN_ROOT | ResolveFlag::RESOLVE_NO_MAGICLINKS)
    }

    /// The directory `path`, made if it is not there, and those on the way to it.
    pub fn make_directory(&self, path: &Path) -> Result<OwnedFd> {
        self.find_or_make(path, sys::mkdirat)
    }

    /// The file `path`, an empty one if it is not there. It is something to mount a file on.
    pub fn make_file(&self, path: &Path) -> Result<OwnedFd> {
        self.find_or_make(path, sys::create)
    }

    /// A link at `path` that leads to `target`.
    pub fn make_link(&self, path: &Path, target: &Path) -> Result<()> {
        let (parent, name) = split(path)?;
        sys::symlinkat(target, &self.make_directory(parent)?, name)
    }

    fn find_or_make(
        &self,
        path: &Path,
        make: impl FnOnce(&OwnedFd, &OsStr) -> Result<()>,
    ) -> Result<OwnedFd> {
        match self.find(path) {
            Err(error) if error.errno() == Some(Errno::ENOENT) => {
                let (parent, name) = split(path)?;
                make(&self.make_directory(parent)?, name)?;
                self.find(path)
            }
            found => found,
        }
    }

    /// The directory `name` at the top, made if it is not there; an error if it is something else. The kernel's
    /// file systems are mounted by path once we are inside, and must come to lie where everybody looks for them.
    pub fn make_ordinary_directory(&self, name: &str) -> Result<()> {
        let find =
            || sys::openat2(&self.0, name, ResolveFlag::RESOLVE_IN_ROOT | ResolveFlag::RESOLVE_NO_SYMLINKS);
        match find() {
            Err(error) if error.errno() == Some(Errno::ENOENT) => sys::mkdirat(&self.0, OsStr::new(name)),
            Err(error) if error.errno() == Some(Errno::ELOOP) => Err(error
                .why("it is a symbolic link: whoever made this root wants something mounted elsewhere")
                .remedy(
                    "Look at the directory that you gave to --rootfs; in an ordinary root it is a directory.",
                )),
            found => found.map(drop),
        }
    }

    /// Mount a new file system of `kind` on the directory `path`.
    pub fn mount(&self, kind: &str, path: &str, flags: MsFlags, options: Option<&str>) -> Result<()> {
        let place = self.make_directory(Path::new(path))?;
        sys::mount(Some(kind), path_of(&place), Some(kind), flags, options)
    }

    /// Put a copy of what is at `source` on the host, with the mounts in it, on the `place` in here.
    pub fn bind(source: &Path, place: &OwnedFd, read_only: bool) -> Result<()> {
        Root::put(&sys::open_tree(source)?, place, read_only)
    }

    /// The same, but no device file in it leads to a device: whoever may make one would make that of the host's disk.
    pub fn share(source: &Path, place: &OwnedFd, read_only: bool) -> Result<()> {
        let tree = sys::open_tree(source)?;
        sys::tree_setattr_nodev(&tree)?;
        Root::put(&tree, place, read_only)
    }

    fn put(tree: &OwnedFd, place: &OwnedFd, read_only: bool) -> Result<()> {
        if read_only {
            sys::tree_setattr_readonly(tree)?; // while it is nowhere yet: there is no moment to write
        }
        sys::move_mount(tree, place)
    }
}

/// The one path that leads to what a descriptor stands for, whatever happened to its name.
pub fn path_of(place: &OwnedFd) -> PathBuf {
    format!("/proc/self/fd/{}", place.as_raw_fd()).into()
}

/// Parent and name of a path; without a name it ends in `..`, or it is the root itself.
fn split(path: &Path) -> Result<(&Path, &OsStr)> {
    let parent = path.parent().map(|parent| if parent == "" { Path::new("/") } else { parent });
    parent.zip(path.file_name()).ok_or_else(|| {
        Error::new(format!("{}: this cannot be made in the root", path.display()))
            .remedy("Give an absolute path without ..")
    })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    /// A root beside a folder that stands for the host; both are gone with the answer.
    fn hostile(make: impl FnOnce(&Path)) -> (tempfile::TempDir, Root) {
        let folder = tempfile::tempdir().unwrap();
        for name in ["root", "host"] {
            fs_err::create_dir(folder.path().join(name)).unwrap();
        }
        make(folder.path());
        let root = Root::open(&folder.path().join("root")).unwrap();
        (folder, root)
    }

    fn is_untouched(folder: &tempfile::TempDir) -> bool {
        fs_err::read_dir(folder.path().join("host")).unwrap().next().is_none()
            && fs_err::read_dir(folder.path()).unwrap().count() == 2
    }

    #[test]
    fn a_link_with_an_absolute_target_stays_inside() {
        let (folder, root) =
            hostile(|folder| symlink(folder.join("host"), folder.join("root/data")).unwrap());
        // Inside there is no such folder, so there is nothing to mount on; outside it must not be taken.
        assert_eq!(root.make_directory(Path::new("data/new")).unwrap_err().errno(), Some(Errno::EEXIST));
        assert_eq!(root.make_file(Path::new("/data")).unwrap_err().errno(), Some(Errno::EEXIST));
        assert!(is_untouched(&folder));
    }

    #[test]
    fn a_link_upwards_stays_inside() {
        let (folder, root) = hostile(|folder| symlink("../../host", folder.join("root/data")).unwrap());
        fs_err::create_dir(folder.path().join("root/host")).unwrap();
        root.make_directory(Path::new("/data/new")).unwrap();
        assert!(is_untouched(&folder));
        assert!(folder.path().join("root/host/new").is_dir());
    }

    #[test]
    fn dots_stay_inside() {
        let (folder, root) = hostile(|_| {});
        root.make_directory(Path::new("/a")).unwrap();
        root.make_file(Path::new("/a/../../../../host/new")).unwrap();
        assert!(is_untouched(&folder));
        assert!(folder.path().join("root/host/new").is_file());
        assert!(root.make_directory(Path::new("/b/..")).is_err());
    }

    #[test]
    fn a_link_into_proc_is_not_followed() {
        let (folder, root) = hostile(|folder| {
            symlink("/proc/self/cwd/../host", folder.join("root/data")).unwrap();
            symlink("/proc/self/root", folder.join("root/other")).unwrap();
        });
        for name in ["data", "other"] {
            assert!(root.make_directory(Path::new(name)).is_err(), "{name}");
        }
        assert!(is_untouched(&folder));
    }

    #[test]
    fn links_in_a_ring_are_an_error() {
        let (_folder, root) = hostile(|folder| symlink("ring", folder.join("root/ring")).unwrap());
        assert_eq!(root.make_directory(Path::new("ring/a")).unwrap_err().errno(), Some(Errno::ELOOP));
    }

    #[test]
    fn proc_must_be_a_directory() {
        let (folder, root) = hostile(|folder| {
            symlink("etc", folder.join("root/proc")).unwrap();
            fs_err::create_dir(folder.join("root/etc")).unwrap();
        });
        assert!(root.make_ordinary_directory("proc").unwrap_err().why.is_some());
        root.make_ordinary_directory("sys").unwrap();
        root.make_ordinary_directory("sys").unwrap();
        assert!(folder.path().join("root/sys").is_dir());
    }

    #[test]
    fn another_name_for_it_later_changes_nothing() {
        let (folder, root) = hostile(|_| {});
        let place = root.make_directory(Path::new("data")).unwrap();
        fs_err::rename(folder.path().join("root/data"), folder.path().join("root/old")).unwrap();
        symlink(folder.path().join("host"), folder.path().join("root/data")).unwrap();
        fs_err::write(path_of(&place).join("file"), "").unwrap();
        assert!(folder.path().join("root/old/file").exists() && is_untouched(&folder));
    }
}
