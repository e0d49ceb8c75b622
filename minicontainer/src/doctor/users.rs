//! The two kinds of users for whom everything is tried.

use std::fmt;

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
            let root = Err("this process is not root; `sudo minicontainer doctor` tries both".into());
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
    /// called; `advise` knows what to do about an error.
    pub fn row(
        &self,
        id: &'static str,
        about: &'static str,
        advise: impl Fn(Kind, &Error) -> Option<String>,
        work: impl Fn(Who) -> Result<String>,
    ) -> Row {
        let mut row = Row::new(id, about, Answer::NotTried);
        let mut advice = None;
        for (kind, who) in [(Kind::Root, &self.root), (Kind::Ordinary, &self.ordinary)] {
            let mut answer = Answer::NotTried;
            if let Ok(who) = who {
                let outcome = attempt(sys::fork, || who.become_that().and_then(|()| work(*who)));
                (answer, row) = match outcome {
                    Ok(called) => (Answer::Yes, row.looked_at(format!("{called} as {who}: ok"))),
                    Err(error) => {
                        advice = advise(kind, &error).or(advice);
                        (Answer::No, row.looked_at(format!("as {who}: {}", error.what)))
                    }
                };
            }
            *if kind == Kind::Root { &mut row.root } else { &mut row.ordinary } = Some(answer);
        }
        row.answer = Answer::over([row.root, row.ordinary].into_iter().flatten());
        if row.looked_at.is_empty() {
            row = row.looked_at(self.said());
        }
        match advice {
            Some(advice) => row.remedy(advice),
            None => row,
        }
    }
}

/// Who called sudo, if somebody did: the user whose answers matter then.
fn sudo_user() -> Option<(u32, u32)> {
    let number = |name| std::env::var(name).ok()?.parse().ok().filter(|number| *number != 0);
    Some((number("SUDO_UID")?, number("SUDO_GID")?))
}

/// Do `work` in `namespaces` as the course's stages do: an ordinary user borrows root first
/// ([`ch02::rootless`]), and the child is born into the namespaces. `called` names what it calls.
pub fn inside(namespaces: CloneFlags, called: &str, work: impl FnOnce() -> Result<()>) -> Result<String> {
    let before = look::link("/proc/self/ns/user");
    ch02::rootless::borrow_root()?;
    let borrowed = if look::link("/proc/self/ns/user") == before { "" } else { ", in a user namespace," };
    attempt(|| sys::clone3(namespaces), work)?;
    let names: Vec<&str> = namespaces.iter_names().map(|(name, _)| name).collect();
    let called = if called.is_empty() { String::new() } else { format!(", {called}") };
    Ok(format!("clone3({}){called}{borrowed}", names.join("|")))
}

/// Whether this process is PID 1.
pub fn is_pid_1() -> bool {
    Pid::this().as_raw() == 1
}
