//! Nothing is blocked any more, but ignored signals stay ignored.
// part signals.rs reset
    sys::sigmask_empty()
