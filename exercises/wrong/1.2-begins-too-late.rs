//! Closes what a shell's exec 10<file would open.
// part process.rs close_descriptors
    sys::close_range_cloexec(10)
