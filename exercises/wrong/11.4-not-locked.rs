//! Whoever has CAP_SETPCAP inside takes it back.
// part extend.rs set_noroot
    if !wanted {
        return Ok(());
    }
    sys::prctl_set_securebits(libc::SECBIT_NOROOT)
