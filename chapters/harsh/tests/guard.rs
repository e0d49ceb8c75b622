//! The guard: a harsh program looks where it is before it does anything at all.

use std::path::Path;

/// The namespaces of whoever calls this, as a harsh program is told on its command line.
pub fn host_namespaces() -> std::io::Result<[String; 2]> {
    Ok([namespace("pid")?, namespace("mnt")?])
}

/// Why this process must not do harm here; nothing inside a fence. Three signs that have nothing to do
/// with each other: a bug in the fence may take away one of them.
pub fn objection(host: &[String]) -> Option<String> {
    for (kind, host) in ["pid", "mnt"].iter().zip(host) {
        match namespace(kind) {
            Ok(own) if own != *host => {}
            Ok(_) => return Some(format!("the {kind} namespace is the host's")),
            Err(error) => return Some(error.to_string()),
        }
    }
    if host.len() != 2 {
        return Some("the host's namespaces were not told".to_owned());
    }
    let first = fs_err::read("/proc/1/cmdline").unwrap_or_default();
    if !first.split(|byte| *byte == 0).any(|word| word == b"checks-fence") {
        return Some("PID 1 is not the fence's".to_owned());
    }
    let hostname = fs_err::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    (hostname.trim() != "fence").then(|| format!("the host is called {:?}", hostname.trim()))
}

fn namespace(kind: &str) -> std::io::Result<String> {
    let link = fs_err::read_link(Path::new("/proc/self/ns").join(kind))?;
    Ok(link.to_string_lossy().into_owned())
}
