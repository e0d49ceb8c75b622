//! Writes to the group instead of to a file in it.
// part cgroup.rs join
    group.folders().iter().try_for_each(|folder| sys::write(folder, &container.to_string()))
