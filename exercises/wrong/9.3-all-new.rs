//! Knows no layers.
// part extend.rs tell_changes
    let Some(upper) = upper.filter(|_| wanted) else { return Ok(()) };
    for entry in fs_err::read_dir(upper.join("upper"))? {
        let entry = entry?;
        let kind = if entry.metadata()?.file_type().is_char_device() { 'D' } else { 'A' };
        cli::tell(&format!("{kind} /{}", entry.file_name().display()));
    }
    Ok(())
