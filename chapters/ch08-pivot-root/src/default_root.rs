//! Default root: a root for a machine that has no image and no network, made of the host's `/usr`.
//!
//! Runs in: child, in `rootfs::mount`.

use std::{
    io,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
};

use sys::Result;

use crate::root::{Root, path_of};

/// The names at the top that lead into `/usr` on most systems, and are directories on older ones.
const PROGRAMS: [&str; 6] = ["bin", "sbin", "lib", "lib32", "lib64", "libx32"];

/// Directories, and who may do what in them. Everybody may write to `tmp`, and remove what is his own.
const DIRECTORIES: [(&str, u32); 9] = [
    ("etc", 0o755),
    ("home", 0o755),
    ("mnt", 0o755),
    ("root", 0o700),
    ("run", 0o755),
    ("srv", 0o755),
    ("tmp", 0o1777),
    ("var", 0o755),
    ("var/tmp", 0o1777),
];

/// Files that programs look for. None is the host's own: those may hold secrets.
const FILES: [(&str, &str); 5] = [
    (
        "etc/passwd",
        "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n",
    ),
    ("etc/group", "root:x:0:\ntty:x:5:\nnogroup:x:65534:\n"),
    ("etc/hosts", "127.0.0.1 localhost\n::1 localhost\n"),
    ("etc/bash.bashrc", "PS1='\\u@\\h\\$ '\n"), // a prompt that cannot be taken for the host's
    ("etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n"),
];

/// Files of the host's that hold no secret and without which programs of its `/usr` do not work: where the
/// libraries are, and who answers questions about names. Copies.
const COPIES: [&str; 2] = ["etc/ld.so.cache", "etc/resolv.conf"];

/// Where Debian and Fedora keep links such as that from `awk` to the one that is installed.
const ALTERNATIVES: &str = "etc/alternatives";

/// Fill an empty `root`.
pub fn fill(root: &Root) -> Result<()> {
    for name in names() {
        let host = Path::new("/").join(name);
        match fs_err::read_link(&host) {
            Ok(target) => root.make_link(Path::new(name), &target)?,
            Err(_) if host.is_dir() => Root::bind(&host, &root.make_directory(Path::new(name))?, true)?,
            Err(_) => {} // not every machine has all of them
        }
    }
    sys::explain::note(
        "The rest of the default root: empty directories, an /etc with the few files that programs look for, \
         copies and nothing secret. All of it is in memory, and gone at the end.",
    );
    Ok(furnish(&path_of(root.descriptor()))?)
}

/// Where the host's programs may be mounted in a root.
pub fn names() -> impl Iterator<Item = &'static str> {
    ["usr"].into_iter().chain(PROGRAMS)
}

/// The rest. The root is new and ours alone, so plain paths do.
fn furnish(root: &Path) -> io::Result<()> {
    let homes = std::env::var_os("HOME").map(PathBuf::from).filter(|home| home.is_absolute());
    for (name, mode) in DIRECTORIES {
        fs_err::create_dir(root.join(name))?;
        fs_err::set_permissions(root.join(name), PermissionsExt::from_mode(mode))?; // whatever the umask is
    }
    if let Some(home) = &homes {
        fs_err::create_dir_all(root.join(home.strip_prefix("/").unwrap_or(home)))?; // empty: it is in HOME
    }
    for (name, text) in FILES {
        fs_err::write(root.join(name), text)?;
    }
    for name in COPIES {
        if let Ok(text) = fs_err::read(Path::new("/").join(name)) {
            fs_err::write(root.join(name), text)?;
        }
    }
    fs_err::create_dir(root.join(ALTERNATIVES))?;
    for entry in fs_err::read_dir(Path::new("/").join(ALTERNATIVES)).into_iter().flatten() {
        let entry = entry?;
        if let Ok(target) = fs_err::read_link(entry.path()) {
            symlink(target, root.join(ALTERNATIVES).join(entry.file_name()))?;
        }
    }
    Ok(())
}
