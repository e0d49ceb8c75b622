//! Joins when the container goes on already.
// stage without: cgroup::join(&group, container.pid)?;
// stage after: container.channel.tell(&Message::Proceed)?;
    cgroup::join(&group, container.pid)?;
