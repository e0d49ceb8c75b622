//! The unit is right, the stage calls nothing that would ask it.
// stage without: user_namespace::map_ids(run.userns, container.pid)?;
