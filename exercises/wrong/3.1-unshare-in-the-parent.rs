//! unshare when the child is already born.
// stage without: pid_namespace::NAMESPACE,
// stage after: let mut container = process::clone(&namespaces, |parent| child(run, parent))?;
    sys::unshare(sys::CloneFlags::CLONE_NEWPID)?;
