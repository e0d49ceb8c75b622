//! Cuts the host's mounts off.
// stage without: mounts::make_private()?;
// stage after: cpu::set_shares(&group, run.cpu_shares)?;
    mounts::make_private()?;
