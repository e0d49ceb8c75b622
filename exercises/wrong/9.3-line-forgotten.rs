//! The unit is written, the stage does not call it.
// stage without: extend::tell_changes(run.diff, &run.layer, run.upper.as_deref())?;
