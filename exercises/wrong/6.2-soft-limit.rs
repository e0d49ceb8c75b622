//! A limit at which nobody is killed.
// part memory.rs limit
    let Some(Bytes(limit)) = limit else { return Ok(()) };
    let (version, folder) = group.folder(Controller::Memory)?;
    let file = if version == Version::V1 { "memory.soft_limit_in_bytes" } else { "memory.high" };
    sys::write(folder.join(file), &limit.to_string())
