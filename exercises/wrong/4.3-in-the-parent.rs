//! Changes the host's.
// stage without: extend::set_proc_options(run.proc_opts.as_deref())?;
// stage after: let mut container = process::clone(&namespaces, |parent| child(run, parent))?;
    extend::set_proc_options(run.proc_opts.as_deref())?;
