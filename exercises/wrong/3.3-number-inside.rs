//! The child writes what it calls itself.
// stage without: extend::write_pid_file(run.pid_file.as_deref(), container.pid)?;
// stage after: hostname::set(&run.hostname)?;
    extend::write_pid_file(run.pid_file.as_deref(), sys::Pid::this())?;
