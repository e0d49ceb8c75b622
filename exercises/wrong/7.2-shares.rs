//! Gives it a small share.
// part cpu.rs limit
    let Some(cpus) = cpus else { return Ok(()) };
    set_shares(group, Some(Shares(u64::try_from(cpus.quota()).unwrap_or_default() / 100)))
