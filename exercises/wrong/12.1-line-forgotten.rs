//! The function is right, and nobody calls it.
// stage without: seccomp::load(&filter, run.report_refusals, parent)?;
