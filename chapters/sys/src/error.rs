//! What a failed call says: what was called, with what, why it failed, what to do.

use std::{fmt, panic::Location};

use nix::errno::Errno;
use serde::{Deserialize, Serialize};

use crate::{Place, Side, explain, remedy};

/// The result of everything in the course that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A step that failed. It travels whole from the child to the parent, which prints it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Error {
    /// Which exit code it becomes.
    pub kind: Kind,
    /// What was tried, and how it failed: for a system call, its strace line.
    pub what: String,
    /// Which of the two processes failed.
    pub side: Side,
    /// The line of source that made the call.
    pub place: Option<Place>,
    /// Why, where the cause is known.
    pub why: Option<String>,
    /// What to do about it, where that is known.
    pub remedy: Option<String>,
    /// The man page of the call.
    pub page: Option<String>,
    /// The number that the kernel answered, see errno(3).
    pub errno: Option<i32>,
}

/// Docker's three kinds of not having run the command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// The runtime itself failed: exit code 125.
    Runtime,
    /// The command is there but cannot be executed: exit code 126.
    CannotExecute,
    /// There is no such command: exit code 127.
    NotFound,
}

impl Error {
    /// An error that no system call made, such as a peer that said the wrong thing. What is said to a user needs no place in
    /// the source; whoever asks for the calls is told it.
    #[track_caller]
    pub fn new(what: impl Into<String>) -> Error {
        let place = Place::of(Location::caller());
        Error {
            kind: Kind::Runtime,
            what: what.into(),
            side: explain::side(),
            place: Some(place).filter(|_| explain::is_enabled()),
            why: None,
            remedy: None,
            page: None,
            errno: None,
        }
    }

    pub(crate) fn of_call(line: &str, page: &str, errno: Errno, place: Place) -> Error {
        let (why, remedy) = remedy::find(line, errno).unzip();
        Error {
            kind: if page == "execve(2)" { kind_of_exec(errno) } else { Kind::Runtime },
            what: format!("{line}: {errno:?} ({})", errno.desc()),
            side: explain::side(),
            place: Some(place),
            why,
            remedy,
            page: Some(page.to_owned()),
            errno: Some(errno as i32),
        }
    }

    /// The same error, of another kind.
    #[must_use]
    pub fn kind(self, kind: Kind) -> Error {
        Error { kind, ..self }
    }

    /// The same error with its cause.
    #[must_use]
    pub fn why(self, why: impl Into<String>) -> Error {
        Error { why: Some(why.into()), ..self }
    }

    /// The same error with what to do about it.
    #[must_use]
    pub fn remedy(self, remedy: impl Into<String>) -> Error {
        Error { remedy: Some(remedy.into()), ..self }
    }

    /// What the kernel answered, if it was the kernel that refused.
    pub fn errno(&self) -> Option<Errno> {
        self.errno.map(Errno::from_raw)
    }

    /// The exit code of the runtime, as Docker has it: 125, 126 or 127.
    pub fn exit_code(&self) -> u8 {
        match self.kind {
            Kind::Runtime => 125,
            Kind::CannotExecute => 126,
            Kind::NotFound => 127,
        }
    }
}

fn kind_of_exec(errno: Errno) -> Kind {
    match errno {
        Errno::ENOENT | Errno::ENOTDIR => Kind::NotFound,
        Errno::EACCES | Errno::EPERM | Errno::ENOEXEC | Errno::ETXTBSY | Errno::EISDIR | Errno::ELOOP => {
            Kind::CannotExecute
        }
        _ => Kind::Runtime,
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.what)?;
        if let Some(why) = &self.why {
            write!(f, "\n  why     {why}")?;
        }
        if let Some(remedy) = &self.remedy {
            write!(f, "\n  remedy  {remedy}")?;
        }
        if let Some(place) = &self.place {
            write!(f, "\n  where   {}, {place}", self.side)?;
        }
        let chapter =
            self.place.as_ref().and_then(Place::chapter).map(|n| format!("chapter {n} of the book"));
        let read: Vec<String> = self.page.clone().into_iter().chain(chapter).collect();
        if !read.is_empty() {
            write!(f, "\n  read    {}", read.join(", "))?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

impl From<std::io::Error> for Error {
    /// For fs-err's errors, whose text names the path.
    #[track_caller]
    fn from(error: std::io::Error) -> Error {
        Error { errno: error.raw_os_error(), ..Error::new(error.to_string()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_like_an_strace_line() {
        let place = Place { file: "chapters/ch04-mount-namespace/src/mounts.rs".into(), line: 31 };
        let error =
            Error::of_call("mount(\"proc\", \"/x\", \"proc\", 0, NULL)", "mount(2)", Errno::ENOENT, place);
        assert_eq!(
            error.to_string(),
            "mount(\"proc\", \"/x\", \"proc\", 0, NULL): ENOENT (No such file or directory)\n  \
             where   parent, chapters/ch04-mount-namespace/src/mounts.rs:31\n  \
             read    mount(2), chapter 4 of the book"
        );
        assert_eq!(error.exit_code(), 125);
    }

    #[test]
    fn exec_has_the_exit_codes_of_docker() {
        assert_eq!(kind_of_exec(Errno::ENOENT), Kind::NotFound);
        assert_eq!(kind_of_exec(Errno::EACCES), Kind::CannotExecute);
        assert_eq!(kind_of_exec(Errno::ENOMEM), Kind::Runtime);
    }
}
