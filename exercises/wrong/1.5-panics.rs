//! Nobody mistypes a number.
// part extend.rs set_ulimits
    for limit in limits {
        let number = limit.strip_prefix("nofile=").unwrap().parse().unwrap();
        sys::setrlimit(Resource::RLIMIT_NOFILE, number)?;
    }
    Ok(())
