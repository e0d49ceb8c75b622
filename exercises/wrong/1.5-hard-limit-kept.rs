//! Lowers what counts now, and leaves what it may be raised to.
// part extend.rs set_ulimits
    for limit in limits {
        let number = limit.strip_prefix("nofile=").and_then(|number| number.parse().ok());
        let number = number.ok_or_else(|| Error::new(format!("--ulimit {limit:?}: it reads nofile=NUMBER")))?;
        let mut limits = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        #[allow(unsafe_code)]
        // SAFETY: the kernel writes one rlimit and reads one, and `limits` outlives both calls.
        unsafe {
            libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limits);
            limits.rlim_cur = number;
            libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limits);
        }
    }
    Ok(())
