//! The parent limits itself.
// stage without: extend::set_ulimits(&run.ulimit)?;
// stage after: let mut container = process::clone(&namespaces, |parent| child(run, parent))?;
    extend::set_ulimits(&run.ulimit)?;
