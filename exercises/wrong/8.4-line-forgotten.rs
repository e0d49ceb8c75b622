//! The unit is written, the stage does not call it.
// stage without: extend::bind_devices(&root, &run.device)?;
