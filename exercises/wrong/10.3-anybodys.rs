//! Takes the first range that there is.
// part subordinate.rs range_of
    text.lines().find_map(|line| {
        let [_, first, count] = line.trim().split(':').collect::<Vec<_>>()[..] else { return None };
        Some((first.parse().ok()?, count.parse().ok()?))
    })
