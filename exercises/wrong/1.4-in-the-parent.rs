//! The parent ties itself to the shell.
// stage without: process::die_with_parent()?;
// stage without: process::die_with_parent_again(parent)?;
// stage after: let mut container = process::clone(&namespaces, |parent| child(run, parent))?;
    process::die_with_parent()?;
