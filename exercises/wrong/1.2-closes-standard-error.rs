//! One too few is left.
// part process.rs close_descriptors
    sys::close_range_cloexec(2)
