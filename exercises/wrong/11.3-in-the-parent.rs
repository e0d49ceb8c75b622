//! The parent promises it, when the child is born already.
// stage without: no_new_privs::set()?;
// stage after: let signals = signals::keep()?;
    no_new_privs::set()?;
