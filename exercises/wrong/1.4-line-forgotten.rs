//! The unit is written, the stage does not call it.
// stage without: process::die_with_parent()?;
