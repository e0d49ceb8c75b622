//! Folders of the host in the root of a process: mounts of a file system that the host has mounted, too.

use serde_json::json;

use super::{mountinfo::Mount, root::Root, row::Row};

/// File systems of the kernel, and not folders of anybody.
const KERNELS: [&str; 20] = [
    "proc",
    "sysfs",
    "cgroup",
    "cgroup2",
    "devpts",
    "devtmpfs",
    "mqueue",
    "securityfs",
    "debugfs",
    "tracefs",
    "bpf",
    "nsfs",
    "binfmt_misc",
    "fusectl",
    "configfs",
    "pstore",
    "hugetlbfs",
    "efivarfs",
    "rpc_pipefs",
    "autofs",
];

/// One folder, or file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// Where the process has it.
    pub point: String,
    /// Where the host has it; else its name in its file system.
    pub source: String,
    pub read_only: bool,
}

/// The shared folders; `host` is the host's mounts, if we see them. None where everything is shared, or nothing known.
pub fn look(root: &Root, host: Option<&[Mount]>) -> Option<Vec<Folder>> {
    let mounts = root.mounts.as_ref().ok()?;
    match root.is_hosts {
        Ok(Some(true)) | Err(_) => None,
        Ok(_) => Some(folders(mounts, host)),
    }
}

fn folders(mounts: &[Mount], host: Option<&[Mount]>) -> Vec<Folder> {
    let folder = |mount: &&Mount| {
        let kernels = KERNELS.contains(&mount.kind.as_str());
        // Devices and covers are files of the host, too, but are asked about in rows of their own.
        let special =
            ["/proc", "/sys", "/dev"].iter().any(|top| std::path::Path::new(&mount.point).starts_with(top));
        !kernels && !special && mount.point != "/"
    };
    mounts.iter().filter(folder).filter_map(|mount| shared(mount, host)).collect()
}

fn shared(mount: &Mount, host: Option<&[Mount]>) -> Option<Folder> {
    let source = match host {
        Some(host) => source(mount, host)?,
        // A whole file system may be the container's own.
        None if mount.root == "/" => return None,
        None => mount.root.clone(),
    };
    Some(Folder { point: mount.point.clone(), source, read_only: mount.read_only })
}

/// Where the host sees the same folder: below the mount of the same file system that shows the smallest part of it.
fn source(mount: &Mount, host: &[Mount]) -> Option<String> {
    let same = host.iter().filter(|other| other.device == mount.device);
    let below = same.filter_map(|other| {
        let rest = std::path::Path::new(&mount.root).strip_prefix(&other.root).ok()?;
        Some((other.root.len(), std::path::Path::new(&other.point).join(rest)))
    });
    let (_, path) = below.max_by_key(|(length, _)| *length)?;
    let path = path.to_string_lossy();
    Some(if path.len() > 1 { path.trim_end_matches('/').to_owned() } else { path.into_owned() })
}

/// The row.
pub fn row(root: &Root, folders: Option<&[Folder]>) -> Row {
    let tell = |folder: &Folder| {
        let Folder { point, source, read_only } = folder;
        let from = if point == source { String::new() } else { format!(" (the host's {source})") };
        format!("{point}{from}{}", if *read_only { ", read-only" } else { ", writable" })
    };
    let read = root.mounts.as_ref().map_err(Clone::clone).and(root.is_hosts.clone());
    Row::seen("shared", "host folders", &read, |_| match folders {
        None => ("all: its root is the host's".into(), json!("all")),
        Some([]) => ("none".into(), json!([])),
        Some(folders) => {
            let values = folders
                .iter()
                .map(|it| json!({"at": it.point, "from": it.source, "read_only": it.read_only}));
            (folders.iter().map(tell).collect::<Vec<_>>().join("; "), values.collect::<Vec<_>>().into())
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xray::mountinfo::mounts;

    #[test]
    fn a_bind_mount_is_found_again_on_the_host() {
        let host = mounts(
            "1 0 254:0 / / rw - ext4 /dev/vda rw\n2 1 0:9 / /tmp rw - tmpfs tmpfs rw\n\
             3 1 254:0 /srv/a /a rw - ext4 /dev/vda rw\n",
        );
        let own = mounts(
            "7 0 0:40 / / rw - tmpfs tmpfs rw\n8 7 254:0 /usr /usr ro - ext4 /dev/vda rw\n\
             9 7 0:9 /x /data rw - tmpfs tmpfs rw\n10 7 0:41 / /own rw - tmpfs tmpfs rw\n\
             11 7 254:0 /srv/a/b /b rw - ext4 /dev/vda rw\n12 7 0:5 /null /dev/null rw - tmpfs udev rw\n",
        );
        let folder = |point: &str, source: &str, read_only| Folder {
            point: point.into(),
            source: source.into(),
            read_only,
        };
        let expected =
            [folder("/usr", "/usr", true), folder("/data", "/tmp/x", false), folder("/b", "/a/b", false)];
        assert_eq!(folders(&own, Some(&host)), expected);
        assert_eq!(folders(&own, None)[1], folder("/data", "/x", false));
    }
}
