//! Does not look at the count.
// part extend.rs tell_of_refusals
    let Some((_, folder)) = group.find(Controller::Pids) else { return Ok(()) };
    let events = sys::read(folder.join("pids.events"))?;
    cli::tell(&format!("refused for the limit of pids: {}", events.trim()));
    Ok(())
