//! Closes everything.
// part process.rs close_descriptors
    sys::close_range_cloexec(0)
