//! The parent closes its own copies.
// stage without: process::close_descriptors()?;
// stage after: let signals = signals::keep()?;
    process::close_descriptors()?;
