//! Nothing is excluded.
// part profile.rs any
    false
