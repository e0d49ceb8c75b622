//! The unit is written, the stage does not call it.
// stage without: extend::set_sysctls(&run.sysctl)?;
