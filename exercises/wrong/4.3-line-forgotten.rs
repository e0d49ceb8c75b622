//! The unit is written, the stage does not call it.
// stage without: extend::set_proc_options(run.proc_opts.as_deref())?;
