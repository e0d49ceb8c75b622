//! Limits processes.
// part extend.rs set_ulimits
    for limit in limits {
        let number = limit.strip_prefix("nofile=").and_then(|number| number.parse().ok());
        sys::setrlimit(Resource::RLIMIT_NPROC, number.unwrap_or_default())?;
    }
    Ok(())
