//! Nothing is ignored any more, but blocked signals stay blocked.
// part signals.rs reset
    sys::restore_defaults()
