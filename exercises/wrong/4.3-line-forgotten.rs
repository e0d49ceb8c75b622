//! The unit is written, the stage does not call it.
// stage without: extend::mount_tmpfs(&run.tmpfs)?;
