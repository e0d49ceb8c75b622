//! Right, and no filter is loaded.
// stage without: seccomp::load(&filter, run.report_refusals, parent)?;
