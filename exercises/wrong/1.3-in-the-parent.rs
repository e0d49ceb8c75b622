//! The parent resets itself.
// stage without: signals::reset()?;
// stage after: let mut container = process::clone(&namespaces, |parent| child(run, parent))?;
    signals::reset()?;
