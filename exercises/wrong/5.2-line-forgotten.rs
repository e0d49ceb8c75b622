//! The unit is written, the stage does not call it.
// stage without: network::bring_loopback_up(run.network)?;
