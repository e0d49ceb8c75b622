//! Writes as to a file of the kernel, which would be there.
// part extend.rs write_pid_file
    if let Some(file) = file {
        sys::write(file, &command.to_string())?;
    }
    Ok(())
