//! Renames the machine.
// stage without: hostname::set(&run.hostname)?;
// stage after: let mut container = process::clone(&namespaces, |parent| child(run, parent))?;
    hostname::set(&run.hostname)?;
