//! The one path that every system call takes.

use std::panic::Location;

use nix::{sys::wait::WaitStatus, unistd::Pid};

use crate::{CapabilitySets, Error, Place, Result, explain::Call};

/// Make one call: show it when `--explain` asks for it, name it when it fails.
///
/// `line` is the call as strace would print it, `page` the man page that describes it.
#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "every caller makes the line for this call alone")]
pub(crate) fn call<T: Outcome>(
    page: &'static str,
    line: String,
    make: impl FnOnce() -> nix::Result<T>,
) -> Result<T> {
    let place = Place::of(Location::caller());
    let shown = Call::begin(&line, page, &place);
    let result = make();
    let outcome = match &result {
        Ok(value) => value.shown(),
        Err(errno) => format!("-1 {errno:?}"),
    };
    shown.returned(&outcome);
    result.map_err(|errno| Error::of_call(&line, page, errno, place))
}

/// Make one call and show it before, its outcome only when it fails: execve and what ends the machine do not return
/// to be shown, and who waits for a message goes on and shows what he does before its sender can show the message.
#[track_caller]
pub(crate) fn call_shown_before<T>(
    page: &'static str,
    line: &str,
    make: impl FnOnce() -> nix::Result<T>,
) -> Result<T> {
    let place = Place::of(Location::caller());
    let shown = Call::begin(line, page, &place);
    shown.announce();
    make().map_err(|errno| {
        shown.returned(&format!("-1 {errno:?}"));
        Error::of_call(line, page, errno, place)
    })
}

/// What `--explain` shows after the equals sign.
pub(crate) trait Outcome {
    fn shown(&self) -> String;
}

impl Outcome for () {
    fn shown(&self) -> String {
        "0".into()
    }
}

impl Outcome for CapabilitySets {
    fn shown(&self) -> String {
        format!("0, permitted {:#x}", self.permitted)
    }
}

impl Outcome for Pid {
    fn shown(&self) -> String {
        self.to_string()
    }
}

impl Outcome for WaitStatus {
    fn shown(&self) -> String {
        match self {
            WaitStatus::StillAlive => "0, still alive".into(),
            WaitStatus::Exited(pid, code) => format!("{pid}, exited {code}"),
            WaitStatus::Signaled(pid, signal, _) => format!("{pid}, killed by {signal}"),
            other => format!("{other:?}"),
        }
    }
}

/// The names of a set of flags, joined as in C: `MS_NOSUID|MS_NODEV`, or `0`.
macro_rules! flag_names {
    ($flags:expr) => {{
        let names: Vec<&str> = $flags.iter_names().map(|(name, _)| name).collect();
        if names.is_empty() { "0".to_owned() } else { names.join("|") }
    }};
}
pub(crate) use flag_names;
