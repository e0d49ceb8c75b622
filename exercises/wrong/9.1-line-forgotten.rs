//! The unit is written, the stage does not call it.
// stage without: let root = layers::stack(root, &run.layer, run.upper.as_deref())?;
