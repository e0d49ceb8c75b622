//! Looks for handlers and for what is blocked.
// part signals.rs has_default_action
    let mask = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        u64::from_str_radix(line.trim(), 16).ok()
    };
    let bit = 1 << (signal as u64 - 1);
    ["SigBlk:", "SigCgt:"].into_iter().all(|name| mask(name).is_some_and(|mask| mask & bit == 0))
