//! The unit is written, the stage does not call it.
// stage without: extend::reserve_memory(&group, run.memory_reservation)?;
