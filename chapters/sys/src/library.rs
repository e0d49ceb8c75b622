//! Calls that a library makes for us: shown and named as our own are.

use std::{io, panic::Location};

use nix::errno::Errno;

use crate::{Error, Place, Result, explain};

/// Let a library make a call: show `line` when `--explain` asks for it, name it when it fails. `page` says where
/// the call is described.
#[track_caller]
pub fn call_by_library<T>(page: &'static str, line: &str, make: impl FnOnce() -> io::Result<T>) -> Result<T> {
    let place = Place::of(Location::caller());
    let result = make();
    let errno = |error: &io::Error| error.raw_os_error().map(Errno::from_raw);
    let outcome = match &result {
        Ok(_) => "0".to_owned(),
        Err(error) => errno(error).map_or_else(|| error.to_string(), |errno| format!("-1 {errno:?}")),
    };
    explain::call(line, &outcome, page, &place);
    result.map_err(|error| match errno(&error) {
        Some(errno) => Error::of_call(line, page, errno, place),
        None => Error {
            place: Some(place),
            page: Some(page.to_owned()),
            ..Error::new(format!("{line}: {error}"))
        },
    })
}
