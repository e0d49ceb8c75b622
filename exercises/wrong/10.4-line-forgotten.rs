//! The unit is written, the stage does not call it.
// stage without: extend::keep_id(run.keep_id)?;
