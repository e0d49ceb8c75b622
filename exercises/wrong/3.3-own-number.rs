//! Asks for its own number.
// part extend.rs write_pid_file
    if let Some(file) = file {
        fs_err::write(file, std::process::id().to_string())?;
    }
    Ok(())
