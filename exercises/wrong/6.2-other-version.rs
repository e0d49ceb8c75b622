//! The names of the other version.
// part memory.rs limit
    let Some(Bytes(limit)) = limit else { return Ok(()) };
    let (version, folder) = group.folder(Controller::Memory)?;
    let file = if version == Version::V2 { "memory.limit_in_bytes" } else { "memory.max" };
    sys::write(folder.join(file), &limit.to_string())
