//! Gives as much swap as memory once more.
// part memory.rs limit
    let Some(Bytes(limit)) = limit else { return Ok(()) };
    let (version, folder) = group.folder(Controller::Memory)?;
    let files = MemController::new(folder.to_owned(), version == Version::V2);
    let bytes = i64::try_from(limit).unwrap_or(i64::MAX);
    let (memory, swap, swapped) = match version {
        Version::V1 => ("memory.limit_in_bytes", "memory.memsw.limit_in_bytes", 2 * bytes),
        Version::V2 => ("memory.max", "memory.swap.max", bytes),
    };
    cgroup::write_by_library(&folder.join(memory), bytes, || files.set_limit(bytes))?;
    cgroup::write_by_library(&folder.join(swap), swapped, || files.set_memswap_limit(swapped))
