//! As soon as it is root.
// stage without: extend::keep_id(run.keep_id)?;
// stage after: user_namespace::become_root()?;
    extend::keep_id(run.keep_id)?;
