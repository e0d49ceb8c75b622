//! Calls that a library makes for us: shown and named as our own are.

use std::{error::Error as StdError, io, panic::Location};

use nix::errno::Errno;

use crate::{Error, Place, Result, explain::Call};

/// Let a library make a call: show it when `--explain` asks for it, name it when it fails.
///
/// `line` is the call that the library makes, as strace would print it. The number that the kernel answered is
/// looked for in the library's error and in what caused it.
#[track_caller]
pub fn call_by_library<T, E: StdError + 'static>(
    page: &'static str,
    line: &str,
    make: impl FnOnce() -> std::result::Result<T, E>,
) -> Result<T> {
    let place = Place::of(Location::caller());
    let shown = Call::begin(line, page, &place);
    match make() {
        Ok(value) => {
            shown.returned("0");
            Ok(value)
        }
        Err(error) => {
            let errno = errno_of(&error);
            let outcome = errno.map_or_else(|| error.to_string(), |errno| format!("-1 {errno:?}"));
            shown.returned(&outcome);
            Err(match errno {
                Some(errno) => Error::of_call(line, page, errno, place),
                None => Error {
                    place: Some(place),
                    page: Some(page.to_owned()),
                    ..Error::new(format!("{line}: {error}"))
                },
            })
        }
    }
}

/// The kernel's number in `error` or in what caused it.
fn errno_of(error: &(dyn StdError + 'static)) -> Option<Errno> {
    let number = error.downcast_ref::<io::Error>().and_then(io::Error::raw_os_error);
    number.map(Errno::from_raw).or_else(|| error.source().and_then(errno_of))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As libraries have them: words of their own, and the cause below.
    #[derive(Debug)]
    struct Wrapped(io::Error);

    impl std::fmt::Display for Wrapped {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("unable to write to a file")
        }
    }

    impl StdError for Wrapped {
        fn source(&self) -> Option<&(dyn StdError + 'static)> {
            Some(&self.0)
        }
    }

    #[test]
    fn the_kernels_number_is_found_under_the_librarys_words() {
        let failure = Wrapped(io::Error::from_raw_os_error(Errno::EBUSY as i32));
        let error =
            call_by_library::<(), _>("cgroups(7)", "write(\"x\", \"1\")", || Err(failure)).unwrap_err();
        assert_eq!(error.errno(), Some(Errno::EBUSY));
        assert!(error.what.starts_with("write(\"x\", \"1\"): EBUSY"), "{error}");
    }

    #[test]
    fn a_failure_without_a_number_is_named_too() {
        let outcome = call_by_library::<(), _>("cgroups(7)", "write()", || Err(io::Error::other("odd")));
        assert_eq!(outcome.unwrap_err().what, "write(): odd");
    }
}
