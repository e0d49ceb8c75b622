//! Users: which one this is, inside and outside, and what the maps of its user namespace say.
//!
//! Kernel: user_namespaces(7). See it: `cat /proc/self/uid_map`.

use serde_json::json;

use super::{
    look::{Process, Seen},
    row::Row,
};

/// One line of a map: so many ids from `inside` on are those from `outside` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Range {
    inside: u32,
    outside: u32,
    count: u32,
}

/// Who a process is.
pub struct Ids {
    /// The effective user id as we see it.
    seen: Seen<u32>,
    users: Seen<Vec<Range>>,
    groups: Seen<Vec<Range>>,
    /// Whether we are in its user namespace: then its maps lead further out, and what we see is inside.
    ours: bool,
}

impl Ids {
    pub fn look(process: &Process, ours: bool) -> Ids {
        let uid = process.status("Uid").and_then(|line| {
            let effective = line.split_whitespace().nth(1).and_then(|uid| uid.parse().ok());
            effective.ok_or_else(|| "no Uid".to_owned())
        });
        let map = |name: &str| process.text(name).map(|text| ranges(&text));
        Ids { seen: uid, users: map("uid_map"), groups: map("gid_map"), ours }
    }

    /// The user inside and outside, where the map says it.
    fn both(&self) -> (Option<u32>, Option<u32>) {
        let (Ok(seen), Ok(map)) = (&self.seen, &self.users) else { return (None, None) };
        if self.ours {
            (Some(*seen), map.iter().find_map(|range| outside(range, *seen)))
        } else {
            (map.iter().find_map(|range| inside(range, *seen)), Some(*seen))
        }
    }

    /// Whether it is user 0 in its own eyes, and whether it is in ours.
    pub fn is_root_inside(&self) -> bool {
        self.both().0 == Some(0)
    }

    pub fn user_row(&self) -> Row {
        Row::seen("user", "user", &self.seen, |_| {
            let (inside, outside) = self.both();
            let says = match (inside, outside) {
                (Some(inside), Some(outside)) if inside == outside => named(inside),
                (Some(inside), Some(outside)) => {
                    format!("{} inside, {} outside", named(inside), named(outside))
                }
                (Some(inside), None) => format!("{} inside; outside nobody, by its uid_map", named(inside)),
                (None, Some(outside)) => format!("{} outside; inside nobody, by its uid_map", named(outside)),
                (None, None) => "not in its uid_map".into(),
            };
            (says, json!({"inside": inside, "outside": outside}))
        })
    }

    pub fn map_rows(&self) -> Vec<Row> {
        let tell = |ranges: &Vec<Range>, one: &str| {
            let lines: Vec<[u32; 3]> = ranges.iter().map(|it| [it.inside, it.outside, it.count]).collect();
            (words(ranges, one), json!(lines))
        };
        vec![
            Row::seen("uid_map", "uid_map", &self.users, |map| tell(map, "user")),
            Row::seen("gid_map", "gid_map", &self.groups, |map| tell(map, "group")),
        ]
    }
}

fn named(uid: u32) -> String {
    if uid == 0 { "0 (root)".into() } else { uid.to_string() }
}

/// Read a uid_map or gid_map.
fn ranges(text: &str) -> Vec<Range> {
    let range = |line: &str| {
        let numbers: Vec<u32> = line.split_whitespace().filter_map(|word| word.parse().ok()).collect();
        let [inside, outside, count] = numbers[..] else { return None };
        Some(Range { inside, outside, count })
    };
    text.lines().filter_map(range).collect()
}

fn outside(range: &Range, id: u32) -> Option<u32> {
    let offset = id.checked_sub(range.inside)?;
    (offset < range.count).then(|| range.outside.checked_add(offset)).flatten()
}

fn inside(range: &Range, id: u32) -> Option<u32> {
    let offset = id.checked_sub(range.outside)?;
    (offset < range.count).then(|| range.inside.checked_add(offset)).flatten()
}

/// A map in words; `one` is what its ids are, users or groups.
fn words(map: &[Range], one: &str) -> String {
    if map == [Range { inside: 0, outside: 0, count: u32::MAX }] {
        return format!("every {one} is the same inside and outside");
    }
    let ids: u64 = map.iter().map(|range| u64::from(range.count)).sum();
    let root = map.iter().find_map(|range| outside(range, 0));
    let root = match root {
        None if map.is_empty() => return format!("empty: no {one} inside is one outside"),
        None => format!("no {one} 0 inside"),
        Some(id) => format!("root inside is {one} {id} outside"),
    };
    let ranges: Vec<String> = map
        .iter()
        .map(|Range { inside, outside, count }| {
            let last = |first: u32| u64::from(first) + u64::from(*count) - u64::from(*count > 0);
            match count {
                1 => format!("{inside} is {outside}"),
                _ => format!("{inside}-{} are {outside}-{}", last(*inside), last(*outside)),
            }
        })
        .collect();
    match ids {
        1 if map[0].inside == 0 => format!("{root}; 1 id in all"),
        1 => format!("{root}; 1 id in all: {}", ranges[0]),
        _ => format!("{root}; {ids} ids: {}", ranges.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_in_words() {
        let say = |text: &str| words(&ranges(text), "user");
        assert_eq!(say("         0          0 4294967295\n"), "every user is the same inside and outside");
        assert_eq!(say("0 1000 1\n"), "root inside is user 1000 outside; 1 id in all");
        assert_eq!(
            say("0 1000 1\n1 100000 65536\n"),
            "root inside is user 1000 outside; 65537 ids: 0 is 1000, 1-65536 are 100000-165535"
        );
        assert_eq!(say("1000 1000 1\n"), "no user 0 inside; 1 id in all: 1000 is 1000");
        assert_eq!(say(""), "empty: no user inside is one outside");
    }

    #[test]
    fn one_user_has_two_numbers() {
        let map = Ok(ranges("0 1000 1\n1 100000 65536\n"));
        let ids = |seen, ours| Ids { seen: Ok(seen), users: map.clone(), groups: map.clone(), ours };
        assert_eq!(ids(100_033, false).both(), (Some(34), Some(100_033)));
        assert_eq!(ids(34, true).both(), (Some(34), Some(100_033)));
        assert_eq!(ids(7, false).both(), (None, Some(7)));
        assert!(ids(1000, false).is_root_inside());
    }
}
