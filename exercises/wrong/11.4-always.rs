//! Whether it was asked for or not.
// part extend.rs set_noroot
    sys::prctl_set_securebits(libc::SECBIT_NOROOT | libc::SECBIT_NOROOT_LOCKED)
