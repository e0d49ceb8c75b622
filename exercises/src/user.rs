//! User: who the command is, inside.
//!
//! Runs in: child. After everything that takes root's power.
//! Kernel: setuid(2), setgroups(2), credentials(7). See it: `id`, inside.

use std::str::FromStr;

use sys::{Errno, Error, Gid, Result, Uid};

/// Numbers of a user and of a group, written as Docker's: `1000:1000`, or `1000`, whose group is root's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct User {
    uid: u32,
    gid: u32,
}

impl FromStr for User {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<User, &'static str> {
        let (uid, gid) = text.split_once(':').unwrap_or((text, "0"));
        match (uid.parse(), gid.parse()) {
            (Ok(uid), Ok(gid)) => Ok(User { uid, gid }),
            _ => Err("numbers, such as 1000 or 1000:1000 (names would be those of the image's /etc/passwd)"),
        }
    }
}

/// Become `user`, if one is asked for, and in any case leave the caller's other groups: the command has none.
pub fn switch(user: Option<User>) -> Result<()> {
    // Exercise 10.2: Another user.
    // Leave all other groups, where /proc/self/setgroups says `allow`; then become `user`, if one is asked for.
    // Then put two lines where they belong in stage.rs: `user::switch(run.user)?;`, and, behind everything by which
    // the child changes its user, `process::die_with_parent_again(parent)?;`: it stands there twice.
    // Read: setuid(2), setgroups(2), and what prctl(2) says of PR_SET_PDEATHSIG.
    // The page: book/src/ch10-user-namespace.md. A hint: cargo run -p exercises -- hint 10.2
    not_written!("10.2")
}

fn why_not(error: Error) -> Error {
    match error.errno() {
        Some(Errno::EINVAL) => error
            .why("the user namespace has no such id: /proc/self/uid_map inside says which it has")
            .remedy("An ordinary user needs subordinate ids for it: package uidmap, and /etc/subuid. minicontainer doctor looks."),
        _ => error,
    }
}
