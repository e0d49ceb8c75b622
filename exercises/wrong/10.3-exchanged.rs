//! How many, and the first.
// part subordinate.rs range_of
    text.lines().find_map(|line| {
        let [who, first, count] = line.trim().split(':').collect::<Vec<_>>()[..] else { return None };
        let is_ours = name == Some(who) || who == uid.to_string();
        is_ours.then_some((count.parse().ok()?, first.parse().ok()?))
    })
