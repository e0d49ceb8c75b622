//! Thirty-two signals are enough.
// part signals.rs has_default_action
    let mask = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|line| u32::from_str_radix(line.trim(), 16).ok()).unwrap_or(0)
    };
    let bit = 1 << (signal as u32 - 1);
    ["SigBlk:", "SigIgn:", "SigCgt:"].into_iter().all(|name| mask(name) & bit == 0)
