//! Who sends anything else?
// part signals.rs has_default_action
    let mask = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        u64::from_str_radix(line.trim(), 16).ok()
    };
    let bit = 1 << (signal as u64 - 1);
    let is_default = |name| mask(name).is_some_and(|mask| mask & bit == 0);
    signal == Signal::SIGTERM && ["SigBlk:", "SigIgn:", "SigCgt:"].into_iter().all(is_default)
