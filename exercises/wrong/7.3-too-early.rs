//! Before it is in its group.
// stage without: cgroup_namespace::unshare()?;
// stage after: process::die_with_parent()?;
    cgroup_namespace::unshare()?;
