//! unshare without a fork behind it.
// stage without: pid_namespace::NAMESPACE,
// stage after: hostname::set(&run.hostname)?;
    sys::unshare(sys::CloneFlags::CLONE_NEWPID)?;
