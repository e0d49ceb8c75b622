//! Covers the host's, on which the new one is mounted later.
// stage without: masks::cover()?;
// stage after: mounts::make_private()?;
    masks::cover()?;
