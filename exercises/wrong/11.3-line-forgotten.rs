//! The function is right, and nobody calls it.
// stage without: no_new_privs::set()?;
