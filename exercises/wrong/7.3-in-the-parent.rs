//! The runtime's, not the container's.
// stage without: cgroup_namespace::unshare()?;
// stage after: cgroup::join(&group, container.pid)?;
    cgroup_namespace::unshare()?;
