//! Asks before anything has happened.
// stage without: extend::tell_of_refusals(&group)?;
// stage after: cgroup::join(&group, container.pid)?;
    extend::tell_of_refusals(&group)?;
