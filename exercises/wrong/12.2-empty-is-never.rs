//! Where nothing is said, nothing holds.
// part profile.rs all
    self.any(target)
