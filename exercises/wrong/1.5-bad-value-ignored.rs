//! What cannot be read is passed over.
// part extend.rs set_ulimits
    for limit in limits {
        if let Some(number) = limit.strip_prefix("nofile=").and_then(|number| number.parse().ok()) {
            sys::setrlimit(Resource::RLIMIT_NOFILE, number)?;
        }
    }
    Ok(())
