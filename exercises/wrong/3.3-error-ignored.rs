//! What can go wrong?
// part extend.rs write_pid_file
    if let Some(file) = file {
        fs_err::write(file, command.to_string()).ok();
    }
    Ok(())
