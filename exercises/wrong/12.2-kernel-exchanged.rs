//! Too new is taken for old enough.
// part profile.rs all
    self.caps.iter().all(|name| target.held.contains(&name.as_str()))
        && (self.arches.is_empty() || self.has_architecture(target))
        && self.min_kernel.is_none_or(|oldest| target.kernel <= oldest)
