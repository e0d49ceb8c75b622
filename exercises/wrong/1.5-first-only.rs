//! One is enough.
// part extend.rs set_ulimits
    let Some(limit) = limits.first() else { return Ok(()) };
    let number = limit.strip_prefix("nofile=").and_then(|number| number.parse().ok());
    let number = number.ok_or_else(|| Error::new(format!("--ulimit {limit:?}: it reads nofile=NUMBER")))?;
    sys::setrlimit(Resource::RLIMIT_NOFILE, number)
