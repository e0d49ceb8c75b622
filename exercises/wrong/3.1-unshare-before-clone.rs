//! The parent moves its later children.
// stage without: pid_namespace::NAMESPACE,
// stage after: cpu::set_shares(&group, run.cpu_shares)?;
    sys::unshare(sys::CloneFlags::CLONE_NEWPID)?;
