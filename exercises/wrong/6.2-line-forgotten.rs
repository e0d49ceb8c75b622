//! The unit is written, the stage does not call it.
// stage without: memory::limit(&group, run.memory)?;
