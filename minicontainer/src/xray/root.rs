//! Its root: whether it is the host's, on which file system, and what of the host's is in it.
//!
//! Kernel: proc_pid_root(5), mount_namespaces(7). See it: `cat /proc/self/mountinfo`.

use std::{
    os::unix::fs::{FileTypeExt, MetadataExt},
    path::{Path, PathBuf},
};

use serde_json::json;

use super::{
    look::{self, Process, Seen},
    mountinfo::{self, Mount},
    row::Row,
};

/// Whoever may speak to one of these is root of the host, since it starts what he says.
const ENGINES: [&str; 6] = [
    "/run/docker.sock",
    "/var/run/docker.sock",
    "/run/containerd/containerd.sock",
    "/run/podman/podman.sock",
    "/run/crio/crio.sock",
    "/var/run/crio/crio.sock",
];

/// The root of a process.
pub struct Root {
    /// None: we are inside a container, and do not see the host's root.
    pub is_hosts: Seen<Option<bool>>,
    pub mounts: Seen<Vec<Mount>>,
    /// Sockets of container engines in it.
    pub sockets: Seen<Vec<&'static str>>,
    /// Block devices in its /dev.
    pub disks: Seen<Vec<String>>,
    folder: PathBuf,
}

impl Root {
    /// `host` is where the host's root can be seen, if it can.
    pub fn look(process: &Process, host: Option<&Path>) -> Root {
        let folder = process.path("root");
        let number = |path: &Path| {
            let found = fs_err::metadata(path.join(".")).map_err(|error| look::cause(&error))?;
            Ok::<_, String>((found.dev(), found.ino()))
        };
        let is_hosts = number(&folder).map(|own| host.and_then(|host| Some(number(host).ok()? == own)));
        let inside = is_hosts.as_ref().map(drop).map_err(Clone::clone);
        let sockets = inside
            .clone()
            .map(|()| ENGINES.into_iter().filter(|path| exists_below(&folder, path)).collect::<Vec<_>>());
        Root {
            is_hosts,
            mounts: process.text("mountinfo").map(|text| mountinfo::mounts(&text)),
            sockets,
            disks: inside.map(|()| disks(&folder.join("dev"))),
            folder,
        }
    }

    /// Whether there is such a file in this root; unknown where we may not look.
    pub fn has(&self, path: &str) -> Option<bool> {
        self.is_hosts.is_ok().then(|| exists_below(&self.folder, path))
    }

    pub fn rows(&self) -> Vec<Row> {
        let own = |host: &Option<bool>| match host {
            Some(true) => ("the host's".to_owned(), json!("host")),
            Some(false) => ("its own".to_owned(), json!("own")),
            None => ("not known: we do not see the host's".to_owned(), json!("unknown")),
        };
        let system = |mounts: &Vec<Mount>| match mountinfo::over(mounts, "/") {
            Some(Mount { kind, read_only, .. }) => {
                let mode = if *read_only { "read-only" } else { "writable" };
                (format!("{kind}, {mode}"), json!({"kind": kind, "read_only": read_only}))
            }
            None => ("no mount is its root".into(), serde_json::Value::Null),
        };
        vec![
            Row::seen("root", "root", &self.is_hosts, own),
            Row::seen("root.system", "file system", &self.mounts, system),
            Row::seen("engines", "engine sockets", &self.sockets, |paths| (list(paths), json!(paths))),
            Row::seen("disks", "disks in /dev", &self.disks, |names| (list(names), json!(names))),
        ]
    }
}

/// Names with commas between them.
pub fn list<T: AsRef<str>>(names: &[T]) -> String {
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    if names.is_empty() { "none".into() } else { names.join(", ") }
}

/// Whether `path` is in somebody else's root. No symbolic link is followed: an absolute one would lead into ours.
fn exists_below(root: &Path, path: &str) -> bool {
    let mut place = root.join("."); // the root itself is a link of /proc, which the kernel follows
    path.split('/').filter(|part| !part.is_empty()).all(|part| {
        place.push(part);
        place.symlink_metadata().is_ok_and(|found| !found.is_symlink())
    })
}

fn disks(folder: &Path) -> Vec<String> {
    let entries = fs_err::read_dir(folder).into_iter().flatten().flatten();
    let block = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_block_device()));
    let mut names: Vec<String> =
        block.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_link_leads_out_of_somebody_s_root() {
        let root = tempfile::tempdir().unwrap();
        fs_err::create_dir(root.path().join("etc")).unwrap();
        std::os::unix::fs::symlink("/etc", root.path().join("link")).unwrap();
        assert!(exists_below(root.path(), "/etc"));
        assert!(!exists_below(root.path(), "/etc/passwd"));
        assert!(!exists_below(root.path(), "/link/passwd"));
    }
}
