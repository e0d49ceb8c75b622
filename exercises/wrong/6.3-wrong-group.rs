//! Reserves it for the group above.
// part extend.rs reserve_memory
    let Some(Bytes(bytes)) = reservation else { return Ok(()) };
    let (version, folder) = group.folder(Controller::Memory)?;
    let file = if version == Version::V1 { "memory.soft_limit_in_bytes" } else { "memory.low" };
    sys::write(folder.join("..").join(file), &bytes.to_string())
