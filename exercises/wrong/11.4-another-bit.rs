//! The one about setuid, and not the one about execve.
// part extend.rs set_noroot
    if !wanted {
        return Ok(());
    }
    sys::prctl_set_securebits(libc::SECBIT_NO_SETUID_FIXUP)
