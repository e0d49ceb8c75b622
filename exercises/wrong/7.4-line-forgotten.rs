//! The unit is written, the stage does not call it.
// stage without: extend::tell_of_refusals(&group)?;
