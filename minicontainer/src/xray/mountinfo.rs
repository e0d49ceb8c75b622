//! The mounts of a process: proc_pid_mountinfo(5), a line each.

/// One mount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// The number of the file system, `254:0`.
    pub device: String,
    /// Which folder of that file system is mounted.
    pub root: String,
    /// Where, seen from the root of the process.
    pub point: String,
    pub read_only: bool,
    /// The kind of file system.
    pub kind: String,
}

/// Read a mountinfo.
pub fn mounts(text: &str) -> Vec<Mount> {
    text.lines().filter_map(mount).collect()
}

fn mount(line: &str) -> Option<Mount> {
    let (here, there) = line.split_once(" - ")?;
    let [_, _, device, root, point, options, ..] = here.split(' ').collect::<Vec<_>>()[..] else {
        return None;
    };
    let [kind, _, of_all, ..] = there.split(' ').collect::<Vec<_>>()[..] else { return None };
    let read_only = [options, of_all].iter().any(|options| options.split(',').any(|word| word == "ro"));
    let (root, point) = (unescape(root), unescape(point));
    Some(Mount { device: device.into(), root, point, read_only, kind: kind.into() })
}

/// A space in a path is written as `\040`, three octal digits.
fn unescape(path: &str) -> String {
    let mut parts = path.split('\\');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |sum, part| match part.get(..3).and_then(|code| u8::from_str_radix(code, 8).ok()) {
        Some(code) => format!("{sum}{}{}", char::from(code), &part[3..]),
        None => format!("{sum}\\{part}"),
    })
}

/// The mount on which `path` lies; of several in one place the last is on top.
pub fn over<'a>(mounts: &'a [Mount], path: &str) -> Option<&'a Mount> {
    let holds = |mount: &&Mount| std::path::Path::new(path).starts_with(&mount.point);
    mounts.iter().filter(holds).max_by_key(|mount| mount.point.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_mountinfo() {
        let text = "36 35 98:0 /mnt\\0401 /data ro,noatime master:1 - ext3 /dev/root rw,errors=continue\n\
                    37 35 0:4 / /proc rw - proc proc rw\n38 35 0:9 / /proc ro - tmpfs tmpfs rw\n";
        let found = mounts(text);
        assert_eq!(found[0].root, "/mnt 1");
        assert!(found[0].read_only && !found[1].read_only);
        assert_eq!(over(&found, "/proc/kcore").unwrap().kind, "tmpfs");
        assert_eq!(over(&found, "/data/x").unwrap().device, "98:0");
        assert_eq!(over(&found, "/dataset"), None);
    }
}
