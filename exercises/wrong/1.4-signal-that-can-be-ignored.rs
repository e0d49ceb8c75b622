//! Asks politely.
// part process.rs die_with_parent
    sys::prctl_set_pdeathsig(Signal::SIGTERM)
