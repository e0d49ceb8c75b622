//! Joins itself.
// part cgroup.rs join
    for folder in group.folders() {
        sys::write(folder.join("cgroup.procs"), &Pid::this().to_string())?;
    }
    Ok(())
