//! Sets the host's.
// stage without: extend::set_sysctls(&run.sysctl)?;
// stage after: let mut container = process::clone(&namespaces, |parent| child(run, parent))?;
    extend::set_sysctls(&run.sysctl)?;
