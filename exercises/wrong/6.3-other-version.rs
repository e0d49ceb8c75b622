//! The names of the other version.
// part extend.rs reserve_memory
    let Some(Bytes(bytes)) = reservation else { return Ok(()) };
    let (version, folder) = group.folder(Controller::Memory)?;
    let file = if version == Version::V2 { "memory.soft_limit_in_bytes" } else { "memory.low" };
    sys::write(folder.join(file), &bytes.to_string())
