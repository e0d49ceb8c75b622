//! Covers the host.
// stage without: extend::mount_tmpfs(&run.tmpfs)?;
// stage after: let mut container = process::clone(&namespaces, |parent| child(run, parent))?;
    extend::mount_tmpfs(&run.tmpfs)?;
