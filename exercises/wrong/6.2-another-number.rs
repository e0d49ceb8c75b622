//! In kibibytes.
// part memory.rs limit
    let Some(Bytes(limit)) = limit else { return Ok(()) };
    let (version, folder) = group.folder(Controller::Memory)?;
    let files = MemController::new(folder.to_owned(), version == Version::V2);
    let bytes = i64::try_from(limit / 1024).unwrap_or(i64::MAX);
    let (memory, swap, swapped) = match version {
        Version::V1 => ("memory.limit_in_bytes", "memory.memsw.limit_in_bytes", bytes),
        Version::V2 => ("memory.max", "memory.swap.max", 0),
    };
    cgroup::write_by_library(&folder.join(memory), bytes, || files.set_limit(bytes))?;
    if !folder.join(swap).exists() {
        return Ok(());
    }
    cgroup::write_by_library(&folder.join(swap), swapped, || files.set_memswap_limit(swapped))
