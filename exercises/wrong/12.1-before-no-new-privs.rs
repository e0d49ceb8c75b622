//! The kernel wants a promise first.
// stage without: seccomp::load(&filter, run.report_refusals, parent)?;
// stage after: capabilities::limit(&capabilities)?;
    seccomp::load(&filter, run.report_refusals, parent)?;
