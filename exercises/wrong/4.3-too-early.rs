//! Before there is a new one.
// stage without: extend::set_proc_options(run.proc_opts.as_deref())?;
// stage after: mounts::make_private()?;
    extend::set_proc_options(run.proc_opts.as_deref())?;
