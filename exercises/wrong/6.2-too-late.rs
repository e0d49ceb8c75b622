//! When the command may be running.
// stage without: memory::limit(&group, run.memory)?;
// stage after: container.channel.tell(&Message::Proceed)?;
    memory::limit(&group, run.memory)?;
