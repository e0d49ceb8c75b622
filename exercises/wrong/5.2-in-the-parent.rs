//! Brings up the host's.
// stage without: network::bring_loopback_up(run.network)?;
// stage after: let mut container = process::clone(&namespaces, |parent| child(run, parent))?;
    network::bring_loopback_up(run.network)?;
