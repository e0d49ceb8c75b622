//! A rule for a capability counts for everybody.
// part profile.rs all
    (self.arches.is_empty() || self.has_architecture(target))
        && self.min_kernel.is_none_or(|oldest| target.kernel >= oldest)
