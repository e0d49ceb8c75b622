//! Limits the processes of a user.
// part pids.rs limit
    let Some(Limit(Some(number))) = limit else { return Ok(()) };
    sys::setrlimit(sys::Resource::RLIMIT_NPROC, number.into())
