//! Another bit: what root is given for being root, and not what programs give.
// part no_new_privs.rs set
    sys::prctl_set_securebits(libc::SECBIT_NO_SETUID_FIXUP)
