//! Namespaces: for each kind, whether it is the host's.
//!
//! Kernel: namespaces(7), enum init_ns_ino in linux/nsfs.h. See it: `ls -l /proc/self/ns`.

use serde_json::json;

use super::{
    look::{Process, Seen},
    row::Row,
};
use crate::doctor::look;

/// A kind of namespace: the name of its file, the row, and the number that the kernel's first one has.
struct Kind {
    name: &'static str,
    id: &'static str,
    first: u64,
}

/// The numbers are part of the kernel's interface. So they tell the host's namespaces even from inside a container.
const KINDS: [Kind; 8] = [
    Kind { name: "uts", id: "ns.uts", first: 0xEFFF_FFFE },
    Kind { name: "ipc", id: "ns.ipc", first: 0xEFFF_FFFF },
    Kind { name: "pid", id: "ns.pid", first: 0xEFFF_FFFC },
    Kind { name: "mnt", id: "ns.mnt", first: 0xEFFF_FFF8 },
    Kind { name: "net", id: "ns.net", first: 0xEFFF_FFF9 },
    Kind { name: "cgroup", id: "ns.cgroup", first: 0xEFFF_FFFB },
    Kind { name: "user", id: "ns.user", first: 0xEFFF_FFFD },
    Kind { name: "time", id: "ns.time", first: 0xEFFF_FFFA },
];

/// Of mount and network namespaces the first has its number since this version of Linux.
const ALL_FIXED_SINCE: (u32, u32) = (6, 18);

/// Whose a namespace is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    Host,
    Own,
    /// We are inside a container, on a kernel that gives its first one any number.
    Unknown,
}

/// With what namespaces are compared where their number alone does not tell.
pub struct Host {
    /// The namespaces of PID 1, or our own, by name. None where PID 1 is a container's.
    links: Option<Vec<(&'static str, String)>>,
    all_fixed: bool,
    /// How that is said.
    pub said: String,
    /// The user namespace that we ourselves are in.
    our_users: Seen<String>,
}

impl Host {
    /// Find out with what to compare.
    pub fn look(ours: &Process) -> Host {
        let all = |process: &Process| -> Seen<Vec<(&'static str, String)>> {
            KINDS
                .iter()
                .filter(|kind| ours.link(&format!("ns/{}", kind.name)).is_ok()) // an old kernel has fewer
                .map(|kind| Ok((kind.name, process.link(&format!("ns/{}", kind.name))?)))
                .collect()
        };
        let nested = ours.link("ns/pid").is_ok_and(|link| number(&link) != Some(KINDS[2].first));
        let release = look::text("/proc/sys/kernel/osrelease").unwrap_or_default();
        let (links, said) = if nested {
            (None, "the numbers of the kernel's first namespaces: PID 1 here is a container's")
        } else if let Some(links) = Process::find(1).and_then(|first| all(&first).ok()) {
            (Some(links), "the numbers of the kernel's first namespaces, and PID 1")
        } else {
            let said = "the numbers of the kernel's first namespaces, and our own: PID 1's are not readable";
            (all(ours).ok(), said)
        };
        Host {
            links,
            all_fixed: version(&release).is_some_and(|version| version >= ALL_FIXED_SINCE),
            said: said.into(),
            our_users: ours.link("ns/user"),
        }
    }

    fn judge(&self, kind: &Kind, link: &str) -> Whose {
        let early = !["mnt", "net"].contains(&kind.name);
        let same =
            |links: &Vec<(&str, String)>| links.iter().any(|(name, id)| *name == kind.name && id == link);
        match (number(link), &self.links) {
            (Some(number), _) if number == kind.first => Whose::Host,
            _ if early || self.all_fixed => Whose::Own,
            (_, Some(links)) if same(links) => Whose::Host,
            (_, Some(_)) => Whose::Own,
            (_, None) => Whose::Unknown,
        }
    }
}

/// The namespaces of a process.
pub struct Namespaces(Vec<(&'static Kind, Seen<(String, Whose)>)>);

impl Namespaces {
    /// Of each kind that this kernel has.
    pub fn look(process: &Process, host: &Host) -> Namespaces {
        let here = KINDS.iter().filter(|kind| look::link(&format!("/proc/self/ns/{}", kind.name)).is_some());
        let seen = |kind: &'static Kind| {
            let link = process.link(&format!("ns/{}", kind.name))?;
            let whose = host.judge(kind, &link);
            Ok((link, whose))
        };
        Namespaces(here.map(|kind| (kind, seen(kind))).collect())
    }

    /// Whose the one with this name is; unknown where it may not be read.
    pub fn whose(&self, name: &str) -> Whose {
        let found = self.0.iter().find(|(kind, _)| kind.name == name);
        found.and_then(|(_, seen)| seen.as_ref().ok()).map_or(Whose::Unknown, |(_, whose)| *whose)
    }

    /// How many there are, and how many of them are its own, or unknown.
    pub fn count(&self, wanted: Whose) -> usize {
        self.0.iter().filter(|(kind, _)| self.whose(kind.name) == wanted).count()
    }

    /// Of how many kinds.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether its user namespace is ours.
    pub fn has_our_users(&self, host: &Host) -> bool {
        let found = self.0.iter().find(|(kind, _)| kind.name == "user");
        matches!((found, &host.our_users), (Some((_, Ok((link, _)))), Ok(ours)) if link == ours)
    }

    /// The names of those that both are in.
    pub fn shared(&self, other: &Namespaces) -> Vec<&'static str> {
        let pairs = self.0.iter().zip(&other.0);
        let same =
            pairs.filter(|(one, two)| matches!((&one.1, &two.1), (Ok(one), Ok(two)) if one.0 == two.0));
        same.map(|(one, _)| one.0.name).collect()
    }

    pub fn rows(&self) -> Vec<Row> {
        let row = |(kind, seen): &(&'static Kind, Seen<(String, Whose)>)| {
            Row::seen(kind.id, kind.name, seen, |(link, whose)| {
                let number = number(link);
                match whose {
                    Whose::Host => ("the host's".into(), json!({"whose": "host", "number": number})),
                    Whose::Own => {
                        let says = format!("its own ({})", number.unwrap_or_default());
                        (says, json!({"whose": "own", "number": number}))
                    }
                    Whose::Unknown => (
                        "cannot be told from inside a container, before Linux 6.18".into(),
                        json!({"whose": "unknown", "number": number}),
                    ),
                }
            })
        };
        self.0.iter().map(row).collect()
    }
}

/// `uts:[4026531838]`
fn number(link: &str) -> Option<u64> {
    link.split_once('[')?.1.strip_suffix(']')?.parse().ok()
}

/// `6.18.3-generic`
fn version(release: &str) -> Option<(u32, u32)> {
    let mut numbers = release.split(|letter: char| !letter.is_ascii_digit()).map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(links: Option<Vec<(&'static str, String)>>, all_fixed: bool) -> Host {
        Host { links, all_fixed, said: String::new(), our_users: Err(String::new()) }
    }

    #[test]
    fn links_and_versions() {
        assert_eq!(number("uts:[4026531838]"), Some(KINDS[0].first));
        assert_eq!(number("uts:[]"), None);
        assert_eq!(version("6.18.3-generic\n"), Some((6, 18)));
        assert_eq!(version("5.4-rc1"), Some((5, 4)));
    }

    #[test]
    fn numbers_tell_before_anything_is_compared() {
        let inside = host(None, false);
        assert_eq!(inside.judge(&KINDS[0], "uts:[4026531838]"), Whose::Host);
        assert_eq!(inside.judge(&KINDS[0], "uts:[4026532207]"), Whose::Own);
        assert_eq!(inside.judge(&KINDS[3], "mnt:[4026532207]"), Whose::Unknown);
        assert_eq!(host(None, true).judge(&KINDS[3], "mnt:[4026532207]"), Whose::Own);
    }

    #[test]
    fn older_kernels_are_compared_with_pid_1() {
        let outside = host(Some(vec![("mnt", "mnt:[4026531841]".into())]), false);
        assert_eq!(outside.judge(&KINDS[3], "mnt:[4026531841]"), Whose::Host);
        assert_eq!(outside.judge(&KINDS[3], "mnt:[4026532207]"), Whose::Own);
    }
}
