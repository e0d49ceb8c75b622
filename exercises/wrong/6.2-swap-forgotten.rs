//! Lets it go to the disk.
// part memory.rs limit
    let Some(Bytes(limit)) = limit else { return Ok(()) };
    let (version, folder) = group.folder(Controller::Memory)?;
    let files = MemController::new(folder.to_owned(), version == Version::V2);
    let file = if version == Version::V1 { "memory.limit_in_bytes" } else { "memory.max" };
    cgroup::write_by_library(&folder.join(file), limit, || files.set_limit(i64::try_from(limit).unwrap_or(i64::MAX)))
