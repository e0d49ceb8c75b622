//! Subordinate ids, behind the scenes: more than one id for an ordinary user.
//!
//! Runs in: parent, in `user_namespace::map_ids`. Kernel: none; subuid(5), newuidmap(1).
//! See it: `cat /etc/subuid`, and `cat /proc/self/uid_map` inside.
//!
//! An image has files of many users, and the kernel lets an ordinary user map one id. So root gives each user a range of
//! ids that nobody else has, in /etc/subuid and /etc/subgid, and two programs with root's power write what stands there.

use std::process::Command;

use sys::{Gid, Pid, Result, Uid};

/// The programs, and the files that they believe.
const MAPS: [(&str, &str); 2] = [("newuidmap", "/etc/subuid"), ("newgidmap", "/etc/subgid")];

/// Map root inside to this user and the rest to his subordinate ids. Whether it was done: not every machine has them.
pub fn map(container: Pid) -> bool {
    let own = [Uid::effective().as_raw(), Gid::effective().as_raw()];
    let ranges = MAPS.map(|(_, file)| range(file));
    let [Some(uids), Some(gids)] = ranges else { return false };
    sys::explain::note(
        "Behind the scenes: newuidmap and newgidmap, programs with root's power, map the ids that /etc/subuid and \
         /etc/subgid give this user.",
    );
    for ((program, _), (own, (first, count))) in MAPS.iter().zip(own.into_iter().zip([uids, gids])) {
        let words =
            ["0", &own.to_string(), "1", "1", &first.to_string(), &count.to_string()].map(str::to_owned);
        if call(program, container, &words).is_err() {
            return false; // --explain has shown it; with one id most commands run as well
        }
    }
    true
}

fn call(program: &str, container: Pid, words: &[String]) -> Result<()> {
    let line = format!("{program} {container} {}", words.join(" "));
    sys::call_by_library("newuidmap(1)", &line, || {
        let said = Command::new(program).arg(container.to_string()).args(words).output()?;
        let why = String::from_utf8_lossy(&said.stderr).trim().to_owned();
        if said.status.success() { Ok(()) } else { Err(std::io::Error::other(why)) }
    })
}

/// The range that `file` gives to this user, by his name or by his number.
fn range(file: &str) -> Option<(u32, u32)> {
    let uid = Uid::effective();
    let passwd = fs_err::read_to_string("/etc/passwd").unwrap_or_default();
    let text = fs_err::read_to_string(file).ok()?;
    range_of(&text, name_of(&passwd, uid.as_raw()), uid.as_raw())
}

fn name_of(passwd: &str, uid: u32) -> Option<&str> {
    let fields = passwd.lines().map(|line| line.split(':').collect::<Vec<_>>());
    fields
        .into_iter()
        .find(|fields| fields.get(2).is_some_and(|id| *id == uid.to_string()))
        .map(|fields| fields[0])
}

fn range_of(text: &str, name: Option<&str>, uid: u32) -> Option<(u32, u32)> {
    text.lines().find_map(|line| {
        let [who, first, count] = line.trim().split(':').collect::<Vec<_>>()[..] else { return None };
        let is_ours = name.is_some_and(|name| name == who) || who == uid.to_string();
        is_ours.then_some((first.parse().ok()?, count.parse().ok()?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_found_by_name_and_by_number() {
        let passwd = "root:x:0:0::/:/bin/sh\nada:x:1000:1000::/:/bin/sh\n";
        assert_eq!(name_of(passwd, 1000), Some("ada"));
        let subuid = "bob:1:2\nada:100000:65536\n1001:5:6\n";
        assert_eq!(range_of(subuid, Some("ada"), 1000), Some((100_000, 65536)));
        assert_eq!(range_of(subuid, None, 1001), Some((5, 6)));
        assert_eq!(range_of(subuid, Some("eve"), 1002), None);
    }
}
