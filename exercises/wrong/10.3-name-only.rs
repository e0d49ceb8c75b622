//! Knows names, and no numbers.
// part subordinate.rs range_of
    text.lines().find_map(|line| {
        let [who, first, count] = line.trim().split(':').collect::<Vec<_>>()[..] else { return None };
        (name == Some(who)).then_some((first.parse().ok()?, count.parse().ok()?))
    })
