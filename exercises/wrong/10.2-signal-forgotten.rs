//! Has asked once, at the beginning.
// stage without: process::die_with_parent_again(parent)?;
