//! Knows no whiteouts.
// part extend.rs tell_changes
    let Some(upper) = upper.filter(|_| wanted) else { return Ok(()) };
    for entry in fs_err::read_dir(upper.join("upper"))? {
        let name = entry?.file_name();
        let kind = if layers.iter().any(|layer| layer.join(&name).exists()) { 'C' } else { 'A' };
        cli::tell(&format!("{kind} /{}", name.display()));
    }
    Ok(())
