//! The unit is written, the stage does not call it.
// stage without: pids::limit(&group, run.pids_limit)?;
