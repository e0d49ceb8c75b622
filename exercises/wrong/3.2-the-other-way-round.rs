//! Whoever is ready for it is killed.
// part signals.rs has_default_action
    let mask = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        u64::from_str_radix(line.trim(), 16).ok()
    };
    let bit = 1 << (signal as u64 - 1);
    ["SigBlk:", "SigIgn:", "SigCgt:"].into_iter().any(|name| mask(name).is_some_and(|mask| mask & bit != 0))
