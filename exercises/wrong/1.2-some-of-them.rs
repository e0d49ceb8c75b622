//! Who has more than sixty files open?
// part process.rs close_descriptors
    for number in 3..64 {
        #[allow(unsafe_code)]
        // SAFETY: integers go in; a number that is not open is an error that nothing follows from.
        unsafe { libc::fcntl(number, libc::F_SETFD, libc::FD_CLOEXEC) };
    }
    Ok(())
