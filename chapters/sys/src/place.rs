//! Where in the course a system call is made.

use std::{fmt, panic::Location};

use serde::{Deserialize, Serialize};

/// The line of source that made a call, and the chapter that explains it.
///
/// **The trick** is called *track_caller*: every function of this crate carries `#[track_caller]`, so
/// the compiler hands it the file and line of its caller. The caller is a unit such as
/// `chapters/ch04-mount-namespace/src/mounts.rs`, and the chapter stands in that path. So no unit has
/// to say which chapter it belongs to, and none can say it wrongly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Path of the source file, as the compiler saw it.
    pub file: String,
    /// Line in that file.
    pub line: u32,
}

impl Place {
    pub(crate) fn of(location: &Location) -> Place {
        Place { file: location.file().to_owned(), line: location.line() }
    }

    /// The chapter that explains the call: the `NN` of a folder or file named `chNN…` in the path.
    pub fn chapter(&self) -> Option<u8> {
        self.file.split('/').rev().find_map(|part| part.strip_prefix("ch")?.get(..2)?.parse().ok())
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

#[cfg(test)]
mod tests {
    use super::Place;

    fn chapter(file: &str) -> Option<u8> {
        Place { file: file.into(), line: 1 }.chapter()
    }

    #[test]
    fn the_chapter_stands_in_the_path() {
        assert_eq!(chapter("chapters/ch04-mount-namespace/src/mounts.rs"), Some(4));
        assert_eq!(chapter("exercises/src/ch12_seccomp.rs"), Some(12));
        assert_eq!(chapter("registry/src/ch02-0.1.0/src/hostname.rs"), Some(2));
        assert_eq!(chapter("minicontainer/src/main.rs"), None);
        assert_eq!(chapter("chapters/checks/src/fence.rs"), None);
    }
}
