//! Excluded only if everything is so.
// part profile.rs any
    (!self.caps.is_empty() && self.caps.iter().all(|name| target.held.contains(&name.as_str())))
        || self.has_architecture(target)
        || self.min_kernel.is_some_and(|oldest| target.kernel >= oldest)
