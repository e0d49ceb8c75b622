//! The two kinds of users for whom everything is tried.

use std::fmt;

use serde::{Deserialize, Serialize};
use sys::{CloneFlags, Error, Gid, Pid, Result, Uid};

use super::{
    attempt::attempt,
    look,
    row::{Answer, Kind, Row},
};

/// Nobody: an ordinary user that every Linux has, even without an entry in /etc/passwd.
const NOBODY: u32 = 65534;

/// As whom something is tried.
#[derive(Clone, Copy, Debug)]
pub enum Who {
    /// As this process, which is root.
    Root,
    /// As this process, which is an ordinary user.
    Myself(Uid),
    /// As an ordinary user that a child of this root becomes.
    Dropped(Uid, Gid),
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Who::Root => write!(f, "root"),
            Who::Myself(uid) | Who::Dropped(uid, _) => write!(f, "uid {uid}"),
        }
    }
}

impl Who {
    /// Become that user, for good.
    fn become_that(self) -> Result<()> {
        let Who::Dropped(uid, gid) = self else { return Ok(()) };
        sys::setgroups(&[])?; // in this order: afterwards we may not
        sys::setgid(gid)?;
        sys::setuid(uid)?;
        sys::prctl_set_dumpable() // or /proc/self/uid_map would still belong to root
    }
}

/// Who can try on this machine; where somebody cannot, why not.
pub struct Users {
    root: Result<Who, String>,
    ordinary: Result<Who, String>,
}

impl Users {
    /// Root tries for both; an ordinary user only for itself.
    pub fn look() -> Users {
        if !Uid::effective().is_root() {
            let root =
                Err("this process is not root; `sudo \"$(which minicontainer)\" doctor` tries both".into());
            return Users { root, ordinary: Ok(Who::Myself(Uid::effective())) };
        }
        let (uid, gid) = sudo_user().unwrap_or((NOBODY, NOBODY));
        let who = Who::Dropped(Uid::from_raw(uid), Gid::from_raw(gid));
        let ordinary = match attempt(sys::fork, || who.become_that()) {
            Ok(()) => Ok(who),
            Err(error) => Err(format!("this root cannot become another user: {}", error.what)),
        };
        Users { root: Ok(Who::Root), ordinary }
    }

    /// The ordinary user, if there is one.
    pub fn ordinary(&self) -> Option<Who> {
        self.ordinary.as_ref().ok().copied()
    }

    /// Only the ordinary user, for what root has no use for.
    pub fn without_root(&self) -> Users {
        Users { root: Err("root has no use for it".into()), ordinary: self.ordinary.clone() }
    }

    /// One sentence: who tries, and who does not.
    pub fn said(&self) -> String {
        match (&self.root, &self.ordinary) {
            (Ok(root), Ok(ordinary)) => format!("Tried as {root} and as {ordinary}."),
            (Ok(root), Err(why)) => format!("Tried as {root} only: {why}."),
            (Err(why), Ok(ordinary)) => format!("Tried as {ordinary} only: {why}."),
            (Err(root), Err(ordinary)) => format!("Not tried: {root}; {ordinary}."),
        }
    }

    /// A row that everybody tries. `work` runs in a child of that user's and answers with what it
    /// called; `cure` knows what to do about an error.
    pub fn row(
        &self,
        id: &'static str,
        about: &'static str,
        cure: impl Fn(Kind, &Error) -> String,
        work: impl Fn(Who) -> Result<Called>,
    ) -> Row {
        let mut row = Row::new(id, about, Answer::NotTried);
        let mut remedies: Vec<String> = Vec::new();
        for (kind, who) in [(Kind::Root, &self.root), (Kind::Ordinary, &self.ordinary)] {
            let mut answer = Answer::NotTried;
            if let Ok(who) = who {
                let outcome = attempt(sys::fork, || who.become_that().and_then(|()| work(*who)));
                (answer, row) = match outcome {
                    Ok(called) => (Answer::Yes, row.looked_at(called.by(*who))),
                    Err(error) => {
                        remedies.push(cure(kind, &error));
                        (Answer::No, row.looked_at(literally(&error.what, *who)))
                    }
                };
            }
            *if kind == Kind::Root { &mut row.root } else { &mut row.ordinary } = Some(answer);
        }
        row.answer = Answer::over([row.root, row.ordinary].into_iter().flatten());
        remedies.dedup();
        row.remedy(remedies.join(" "))
    }
}

/// An error with who it was that tried: `unshare(CLONE_NEWUSER) as uid 1000: EPERM (…)`.
fn literally(what: &str, who: Who) -> String {
    match what.rsplit_once("): ") {
        Some((call, errno)) => format!("{call}) as {who}: {errno}"),
        None => format!("as {who}: {what}"),
    }
}

/// Who called sudo, if somebody did: the user whose answers matter then.
fn sudo_user() -> Option<(u32, u32)> {
    let number = |name| std::env::var(name).ok()?.parse().ok().filter(|number| *number != 0);
    Some((number("SUDO_UID")?, number("SUDO_GID")?))
}

/// What a try that worked has called.
#[derive(Serialize, Deserialize)]
pub struct Called {
    what: String,
    /// Whether it was in a user namespace that it had to make first.
    borrowed: bool,
}

impl From<String> for Called {
    fn from(what: String) -> Called {
        Called { what, borrowed: false }
    }
}

impl Called {
    fn by(&self, who: Who) -> String {
        let within = if self.borrowed { " in a user namespace" } else { "" };
        format!("{} as {who}{within}: ok", self.what)
    }
}

/// Do `work` in `namespaces` as the course's stages do: an ordinary user borrows root first
/// ([`ch02::rootless`]), and a child is born into the namespaces. `called` names what `work` calls.
pub fn inside(namespaces: CloneFlags, called: &str, work: impl FnOnce() -> Result<()>) -> Result<Called> {
    let before = look::link("/proc/self/ns/user");
    ch02::rootless::borrow_root()?;
    let borrowed = look::link("/proc/self/ns/user") != before;
    if namespaces.is_empty() {
        work()?;
        return Ok(Called { what: called.to_owned(), borrowed });
    }
    attempt(|| sys::clone3(namespaces), work)?;
    let names: Vec<&str> = namespaces.iter_names().map(|(name, _)| name).collect();
    let called = if called.is_empty() { String::new() } else { format!(", {called}") };
    Ok(Called { what: format!("clone3({}){called}", names.join("|")), borrowed })
}

/// Whether this process is PID 1.
pub fn is_pid_1() -> bool {
    Pid::this().as_raw() == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_says_who_tried() {
        let what = "mount(\"a\", \"/b\", \"proc\", 0, NULL): EPERM (Operation not permitted)";
        assert_eq!(
            literally(what, Who::Root),
            "mount(\"a\", \"/b\", \"proc\", 0, NULL) as root: EPERM (Operation not permitted)"
        );
        assert_eq!(literally("no answer", Who::Myself(Uid::from_raw(7))), "as uid 7: no answer");
    }
}
