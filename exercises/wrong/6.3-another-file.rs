//! A file that is about something else.
// part extend.rs reserve_memory
    let Some(Bytes(bytes)) = reservation else { return Ok(()) };
    let (version, folder) = group.folder(Controller::Memory)?;
    let file = if version == Version::V1 { "memory.kmem.tcp.limit_in_bytes" } else { "memory.high" };
    sys::write(folder.join(file), &bytes.to_string())
