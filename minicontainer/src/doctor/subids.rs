//! Subordinate ids: more than one user inside a user namespace, for an ordinary user outside.
//!
//! subuid(5), newuidmap(1): root gives each user a range of ids in /etc/subuid, and the setuid program
//! newuidmap writes a range into the `uid_map` of a process of that user's.

use std::process::Command;

use sys::{CloneFlags, Error, ForkResult, Result, Signal, WaitPidFlag};

use super::{
    look,
    row::{Answer, Row},
    users::{Called, Users, Who},
};

/// One row: the programs, the ranges, and a real mapping.
pub fn row(users: &Users) -> Row {
    let about = "a whole range of users inside, by newuidmap";
    let missing: Vec<&str> =
        ["newuidmap", "newgidmap"].into_iter().filter(|name| look::program(name).is_none()).collect();
    if !missing.is_empty() {
        return Row::new(ID, about, Answer::No)
            .looked_at(format!("not found: {}", missing.join(", ")))
            .remedy(look::install(["uidmap", "shadow-utils", "shadow", "shadow-uidmap"]));
    }
    let Some(Who::Myself(uid) | Who::Dropped(uid, _)) = users.ordinary() else {
        return Row::new(ID, about, Answer::NotTried)
            .looked_at("newuidmap and newgidmap: found; there is no ordinary user here to try it as")
            .remedy("Run doctor as the user who wants it.");
    };
    let passwd = look::text("/etc/passwd").unwrap_or_default();
    let name = name_of(&passwd, uid.as_raw());
    let range = |path| range(&look::text(path).unwrap_or_default(), name, uid.as_raw());
    let (Some(uids), Some(gids)) = (range("/etc/subuid"), range("/etc/subgid")) else {
        return no_range(about, name, uid.as_raw());
    };
    let ranges = format!("/etc/subuid {}+{}, /etc/subgid {}+{}", uids.0, uids.1, gids.0, gids.1);
    users.without_root().row(ID, about, |_, error| cure(error), |_| map_both(uids, gids)).looked_at(ranges)
}

const ID: &str = "subids";

fn no_range(about: &'static str, name: &str, uid: u32) -> Row {
    let row = Row::new(ID, about, if uid == 65534 { Answer::NotTried } else { Answer::No })
        .looked_at("newuidmap and newgidmap: found")
        .looked_at(format!("/etc/subuid and /etc/subgid: no range in both for uid {uid} ({name})"));
    match row.answer {
        Answer::NotTried => row.remedy("Run doctor as the user who wants it: each has a range of its own."),
        _ => row.remedy(format!(
            "sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 {name} (or another range \
             that nobody has)"
        )),
    }
}

/// A child makes a user namespace and waits, and the two programs write its maps.
fn map_both(uids: (u32, u32), gids: (u32, u32)) -> Result<Called> {
    let (ours, theirs) = sys::socketpair()?;
    match sys::fork()? {
        ForkResult::Child => {
            drop(ours);
            let created = sys::unshare(CloneFlags::CLONE_NEWUSER).is_ok();
            // Whatever comes, it ends when the parent has no more use for it.
            sys::send(&theirs, if created { b"created" } else { b"refused" }).ok();
            sys::receive(&theirs).ok();
            sys::exit_now(0)
        }
        ForkResult::Parent { child } => {
            drop(theirs);
            let outcome = sys::receive(&ours).and_then(|packet| match packet.0.as_slice() {
                b"created" => {
                    map("newuidmap", child.as_raw(), uids).and(map("newgidmap", child.as_raw(), gids))
                }
                _ => Err(Error::new("unshare(CLONE_NEWUSER): refused")),
            });
            sys::kill(child, Signal::SIGKILL)?;
            sys::waitpid(child, WaitPidFlag::empty())?;
            outcome.map(|()| {
                format!("newuidmap PID 1 {} {}, newgidmap PID 1 {} {}", uids.0, uids.1, gids.0, gids.1).into()
            })
        }
    }
}

fn map(program: &str, pid: i32, (start, count): (u32, u32)) -> Result<()> {
    let path = look::program(program).unwrap_or_default();
    let arguments = [pid.to_string(), "1".into(), start.to_string(), count.to_string()];
    let output = Command::new(path).args(&arguments).output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(Error::new(format!("{program} PID {}: {said}", arguments[1..].join(" "))))
}

fn cure(error: &Error) -> String {
    if look::status("NoNewPrivs").as_deref() == Some("1") {
        return "no_new_privs is set on this process, so no setuid program works: use another shell.".into();
    }
    format!("Reinstall the programs, they need setuid root or file capabilities. ({})", error.what)
}

/// The login name of a user; its number when it has none.
fn name_of(passwd: &str, uid: u32) -> &str {
    let mut lines = passwd.lines().map(|line| line.split(':').collect::<Vec<_>>());
    lines.find_map(|line| (*line.get(2)? == uid.to_string()).then(|| line[0])).unwrap_or("no name")
}

/// The first range of a user in the text of /etc/subuid: `name:start:count`, or `uid:start:count`.
fn range(subids: &str, name: &str, uid: u32) -> Option<(u32, u32)> {
    subids.lines().find_map(|line| {
        let [owner, start, count] = line.split(':').collect::<Vec<_>>()[..] else { return None };
        let ours = owner == name || owner == uid.to_string();
        if ours { Some((start.parse().ok()?, count.trim().parse().ok()?)) } else { None }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_belongs_to_a_name_or_a_number() {
        let subuid = "# ranges\nada:100000:65536\n1002:165536:65536\nbroken:1\n";
        assert_eq!(range(subuid, "ada", 1000), Some((100_000, 65536)));
        assert_eq!(range(subuid, "bob", 1002), Some((165_536, 65536)));
        assert_eq!(range(subuid, "broken", 7), None);
    }

    #[test]
    fn a_user_has_a_name() {
        let passwd = "root:x:0:0:root:/root:/bin/bash\nada:x:1000:1000::/home/ada:/bin/sh\n";
        assert_eq!(name_of(passwd, 1000), "ada");
        assert_eq!(name_of(passwd, 7), "no name");
    }
}
