//! One of the capabilities is enough.
// part profile.rs all
    (self.caps.is_empty() || self.caps.iter().any(|name| target.held.contains(&name.as_str())))
        && (self.arches.is_empty() || self.has_architecture(target))
        && self.min_kernel.is_none_or(|oldest| target.kernel >= oldest)
