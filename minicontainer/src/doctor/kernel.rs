//! The kernel: its version, and the two newest calls that every stage makes.

use sys::{CloneFlags, Error};

use super::{
    attempt::attempt,
    row::{Answer, Kind, Row},
    users::Users,
};

/// The oldest kernel with everything that the stages call, see [`rows`].
const OLDEST: (u32, u32) = (5, 11);

/// - clone3(2) came with Linux 5.3, `close_range(2)` with 5.9, its flag `CLOSE_RANGE_CLOEXEC` with 5.11;
/// - overlayfs in a user namespace came with 5.11 (overlayfs.rst in the kernel's documentation);
/// - seccomp's user notification came with 5.0 (seccomp(2)), time namespaces with 5.6
///   (`time_namespaces(7)`), cgroup namespaces with 4.6 (`cgroup_namespaces(7)`).
pub fn rows(users: &Users) -> Vec<Row> {
    vec![version(), clone3(users), close_range(users)]
}

fn version() -> Row {
    let about = "Linux 5.11 or newer: clone3 (5.3), CLOSE_RANGE_CLOEXEC (5.11), rootless overlay (5.11)";
    let release = sys::kernel_release();
    let version = release.as_ref().ok().and_then(|release| parse(release));
    let answer = match version {
        Some(version) if version >= OLDEST => Answer::Yes,
        Some(version) if version >= (5, 3) => Answer::Partly,
        Some(_) => Answer::No,
        None => Answer::NotTried,
    };
    let seen = release.map_or_else(|error| error.what, |release| format!("uname(2): {release}"));
    Row::new("kernel", about, answer)
        .looked_at(seen)
        .remedy("Use a newer kernel: any distribution since 2021 has one. A virtual machine is enough.")
}

/// Chapter 1 already makes its child with clone3, so a filter that hides it, as Docker's does, blocks all.
fn clone3(users: &Users) -> Row {
    users.row("clone3", "the call that makes each container's first process", cure, |_| {
        attempt(|| sys::clone3(CloneFlags::empty()), || Ok(()))?;
        Ok("clone3(0)".to_owned().into())
    })
}

fn close_range(users: &Users) -> Row {
    users.row("close_range", "or the command inherits the caller's files", cure, |_| {
        sys::close_range_cloexec(3)?;
        Ok("close_range(3, ~0, CLOSE_RANGE_CLOEXEC)".to_owned().into())
    })
}

fn cure(_: Kind, error: &Error) -> String {
    match (&error.why, &error.remedy) {
        (Some(why), Some(remedy)) => format!("Because {why}. {remedy}"),
        _ => "Use a newer kernel; inside Docker or a dev container, --privileged.".into(),
    }
}

/// The two numbers that a release begins with.
fn parse(release: &str) -> Option<(u32, u32)> {
    let mut numbers = release.split(|c: char| !c.is_ascii_digit());
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_begins_with_two_numbers() {
        assert_eq!(parse("6.1.0-32-amd64"), Some((6, 1)));
        assert_eq!(parse("5.15.167.4-microsoft-standard-WSL2"), Some((5, 15)));
        assert_eq!(parse("6.18-rc1"), Some((6, 18)));
        assert_eq!(parse("Windows"), None);
    }
}
