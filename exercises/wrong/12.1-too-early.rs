//! Before the root is made, which takes calls that the filter refuses.
// stage without: seccomp::load(&filter, run.report_refusals, parent)?;
// stage after: mounts::make_private()?;
    no_new_privs::set()?;
    seccomp::load(&filter, run.report_refusals, parent)?;
