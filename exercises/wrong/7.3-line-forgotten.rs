//! The unit is written, the stage does not call it.
// stage without: cgroup_namespace::unshare()?;
