//! The filter must allow what the runtime still does.
// stage without: seccomp::load(&filter, run.report_refusals, parent)?;
// stage after: no_new_privs::set()?;
    seccomp::load(&filter, run.report_refusals, parent)?;
