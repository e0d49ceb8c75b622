//! The unit is written, the stage does not call it.
// stage without: process::die_with_parent()?;
// stage without: process::die_with_parent_again(parent)?;
