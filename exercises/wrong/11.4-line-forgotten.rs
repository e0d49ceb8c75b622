//! The function is right, and nobody calls it.
// stage without: extend::set_noroot(run.noroot)?;
