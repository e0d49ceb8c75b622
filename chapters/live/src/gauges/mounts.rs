//! Mounts: what is mounted in the container.
//!
//! Kernel: mount_namespaces(7), proc_pid_mountinfo(5). See it: `findmnt -o +PROPAGATION`, inside.

use ratatui::text::Line;
use serde::Serialize;

use super::{Said, paint::table};
use crate::{
    look::{self, Seen},
    theme::Theme,
};

/// The mounts, in the kernel's order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mounts(Vec<Mount>);

/// One mount.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mount {
    /// Where, seen from inside.
    pub target: String,
    /// The kind of file system.
    pub kind: String,
    /// What is mounted: a device or a name, and the folder in it if it is not the whole.
    pub source: String,
    /// Whether nobody can write to it.
    pub read_only: bool,
    /// `private`, `shared`, `slave` or `unbindable`: who learns of mounts below it.
    pub propagation: String,
}

pub fn look(init: i32) -> Seen<Mounts> {
    Ok(Mounts(look::text(init, "mountinfo")?.lines().filter_map(mount).collect()))
}

fn mount(line: &str) -> Option<Mount> {
    let (here, there) = line.split_once(" - ")?;
    let here: Vec<&str> = here.split(' ').collect();
    let [_, _, _, root, target, options, ..] = here[..] else { return None };
    let [kind, source, of_all, ..] = there.split(' ').collect::<Vec<_>>()[..] else { return None };
    let read_only = [options, of_all].iter().any(|options| options.split(',').any(|word| word == "ro"));
    let folder = if root == "/" { String::new() } else { format!("[{root}]") };
    Some(Mount {
        target: plain(target),
        kind: look::printable(kind),
        source: plain(&format!("{source}{folder}")),
        read_only,
        propagation: propagation(&here[6..]),
    })
}

/// The optional fields: `shared:1`, `master:2`, `unbindable`; none is private.
fn propagation(fields: &[&str]) -> String {
    let word = |field: &&str| match field.split(':').next() {
        Some("shared") => Some("shared"),
        Some("master") => Some("slave"),
        Some("unbindable") => Some("unbindable"),
        _ => None,
    };
    match fields.iter().filter_map(word).collect::<Vec<_>>().join(" ") {
        none if none.is_empty() => "private".into(),
        some => some,
    }
}

/// A space in a path is written as `\040`, three octal digits.
fn plain(path: &str) -> String {
    let mut parts = path.split('\\');
    let first = parts.next().unwrap_or_default().to_owned();
    let whole = parts.fold(first, |sum, part| {
        match part.get(..3).and_then(|code| u8::from_str_radix(code, 8).ok()) {
            Some(code) => format!("{sum}{}{}", char::from(code), &part[3..]),
            None => format!("{sum}\\{part}"),
        }
    });
    look::printable(&whole)
}

pub fn say(of: &Mounts, theme: &Theme) -> Said {
    let rows = of.0.iter().map(|it| {
        let access = if it.read_only { ("ro".to_owned(), theme.good) } else { ("rw".to_owned(), theme.text) };
        let propagation = if it.propagation == "private" { theme.dim } else { theme.warning };
        [
            (it.target.clone(), theme.container),
            (it.kind.clone(), theme.text),
            access,
            (it.propagation.clone(), propagation),
            (it.source.clone(), theme.host),
        ]
    });
    let writable = of.0.iter().filter(|it| !it.read_only).count();
    let headline = format!("{} mounts, {writable} of them writable", of.0.len());
    let details = table(["target", "type", "", "propagation", "source"], rows.collect(), theme);
    Said { details, ..Said::only(Line::styled(headline, theme.text)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_mountinfo() {
        let line =
            "36 35 98:0 /a\\040b /data ro,noatime shared:7 master:1 - ext3 /dev/root rw,errors=continue";
        let expected = Mount {
            target: "/data".into(),
            kind: "ext3".into(),
            source: "/dev/root[/a b]".into(),
            read_only: true,
            propagation: "shared slave".into(),
        };
        assert_eq!(mount(line), Some(expected));
        let proc = mount("77 65 0:44 / /proc rw,nosuid - proc proc rw").unwrap();
        assert_eq!((proc.source.as_str(), proc.propagation.as_str()), ("proc", "private"));
        assert_eq!(mount("77 65"), None);
    }
}
