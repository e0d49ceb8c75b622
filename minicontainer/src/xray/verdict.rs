//! The one line: whether it is a container, and what is open.

use serde::Serialize;

use super::{namespaces::Whose, picture::Subject, surface::Opening};

/// What a process is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It has its own mounts, and another root than the host.
    Container,
    /// Something of its own, but the host's files or mounts: a service of systemd, a browser's sandbox, a chroot.
    Fenced,
    /// Nothing of its own.
    Host,
    /// No process at all, but a part of the kernel.
    Kernel,
    /// It has ended, and its parent has not asked for its exit code.
    Ended,
    /// Too little may be read.
    Unknown,
}

/// The summary of one process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Summary {
    pub verdict: Verdict,
    /// How many kinds of namespaces there are, how many are its own, and of how many nobody knows.
    pub namespaces: usize,
    pub own: usize,
    pub unknown: usize,
    /// How many rows this user may not read.
    pub unreadable: usize,
    pub sentence: String,
    /// What helps to read the rest.
    pub remedy: Option<String>,
}

impl Summary {
    pub fn of(subject: &Subject, open: &[Opening], unreadable: usize) -> Summary {
        let namespaces = &subject.namespaces;
        let (own, unknown) = (namespaces.count(Whose::Own), namespaces.count(Whose::Unknown));
        let verdict = if subject.has_ended {
            Verdict::Ended
        } else if subject.is_kernel {
            Verdict::Kernel
        } else {
            verdict(
                own,
                unknown,
                namespaces.whose("mnt"),
                subject.root.is_hosts.as_ref().ok().copied().flatten(),
            )
        };
        let pid = subject.pid;
        let remedy = (unreadable > 0).then(|| {
            if sys::Uid::effective().is_root() {
                "Root, too, may only look at a process that has no more capabilities than it has itself, and is in its \
                 user namespace or below it, ptrace(2): x-ray it from further out."
                    .to_owned()
            } else {
                format!("sudo \"$(which minicontainer)\" xray {pid}")
            }
        });
        let sentence = sentence(verdict, subject, open, (own, unknown));
        Summary { verdict, namespaces: namespaces.len(), own, unknown, unreadable, sentence, remedy }
    }
}

/// `host_root`: whether its root is the host's, if that is known.
fn verdict(own: usize, unknown: usize, mounts: Whose, host_root: Option<bool>) -> Verdict {
    match (own, mounts, host_root) {
        // From inside a container the host's root cannot be seen; a few namespaces of its own say enough.
        (_, Whose::Own, Some(false)) | (3.., Whose::Own | Whose::Unknown, None) => Verdict::Container,
        (0, _, Some(true)) => Verdict::Host,
        (0, _, None) if unknown == 0 => Verdict::Host,
        (0, _, None) => Verdict::Unknown,
        _ => Verdict::Fenced,
    }
}

fn sentence(verdict: Verdict, subject: &Subject, open: &[Opening], (own, unknown): (usize, usize)) -> String {
    let all = subject.namespaces.len();
    let unknown = if unknown > 0 { format!(" ({unknown} not known)") } else { String::new() };
    let start = match verdict {
        Verdict::Host => return "no container: a process of the host".into(),
        Verdict::Kernel => return "no container: a thread of the kernel itself".into(),
        Verdict::Ended => {
            return "no container any more: it has ended, and its parent has not asked for its exit code"
                .into();
        }
        Verdict::Unknown => {
            return "not known: its namespaces and its root are not readable as this user".into();
        }
        Verdict::Container => format!("a container: {own} of {all} namespaces of its own{unknown}"),
        Verdict::Fenced if own == 0 => {
            "no container: only another root than the host's, as chroot gives it".into()
        }
        Verdict::Fenced => format!("no container, but fenced: {own} of {all} namespaces of its own{unknown}"),
    };
    let capabilities = match subject.capabilities.said() {
        none if none == "none" => "no capabilities".into(),
        some => format!("capabilities: {some}"),
    };
    let filter = match subject.seccomp.mode {
        Ok(0) => "no seccomp filter",
        Ok(_) => "a seccomp filter",
        Err(_) => "seccomp not known",
    };
    let mut names: Vec<&str> = open.iter().map(|opening| opening.short).collect();
    names.dedup();
    let left = if names.is_empty() { "nothing we look for".into() } else { names.join(", ") };
    format!("{start}; {capabilities}; {filter}; open: {left}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mounts_and_root_make_a_container() {
        assert_eq!(verdict(7, 0, Whose::Own, Some(false)), Verdict::Container);
        assert_eq!(verdict(1, 0, Whose::Own, Some(true)), Verdict::Fenced);
        assert_eq!(verdict(0, 0, Whose::Host, Some(true)), Verdict::Host);
        assert_eq!(verdict(0, 0, Whose::Host, Some(false)), Verdict::Fenced);
        assert_eq!(verdict(0, 8, Whose::Unknown, None), Verdict::Unknown);
        assert_eq!(verdict(5, 2, Whose::Unknown, None), Verdict::Container);
    }
}
