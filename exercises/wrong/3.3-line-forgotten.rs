//! The unit is written, the stage does not call it.
// stage without: extend::write_pid_file(run.pid_file.as_deref(), container.pid)?;
