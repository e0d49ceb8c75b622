//! Forgets that PID 1 counts.
// part pids.rs limit
    let Some(Limit(Some(number))) = limit else { return Ok(()) };
    let (version, folder) = group.folder(Controller::Pids)?;
    let files = PidController::new(folder.to_owned(), version == Version::V2);
    let max = MaxValue::Value(i64::from(number) + 1);
    cgroup::write_by_library(&folder.join("pids.max"), number + 1, || files.set_pid_max(max))
