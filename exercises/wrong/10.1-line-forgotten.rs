//! The unit is written, the stage does not call it.
// stage without: user_namespace::map_ids(run.userns, container.pid)?;
