//! The verdict on each chapter, from the rows alone.

use serde::Serialize;

use super::row::{Answer, Kind, Row};

/// What a chapter rests on.
struct Need {
    title: &'static str,
    /// Rows that must say yes, or at least partly.
    rows: &'static [&'static str],
    /// Rows that are told beside it, whatever they say.
    beside: &'static [&'static str],
    /// An earlier chapter that it builds upon.
    after: Option<u8>,
}

const fn need(title: &'static str, rows: &'static [&'static str], after: Option<u8>) -> Need {
    Need { title, rows, beside: &[], after }
}

/// Part I. From chapter 5 on a chapter builds upon the mounts of chapter 4 or the root of chapter 8, not
/// upon every one before: a machine that cannot limit memory can still change its root.
const CHAPTERS: [Need; 12] = [
    need("process", &["clone3", "close_range"], None),
    need("hostname", &["ns.uts", "ns.ipc"], Some(1)),
    need("pid namespace", &["ns.pid"], Some(2)),
    need("mount namespace", &["ns.mnt", "proc"], Some(3)),
    Need { beside: &["veth", "network.tools"], ..need("network namespace", &["ns.net"], Some(4)) },
    need("memory limit", &["cgroup.memory"], Some(4)),
    need("pids and cpu limits", &["cgroup.pids", "cgroup.cpu"], Some(4)),
    need("pivot_root", &["tmpfs", "pivot_root"], Some(4)),
    need("overlay layers", &["overlay"], Some(8)),
    Need { beside: &["subids"], ..need("user namespace", &["ns.user"], Some(8)) },
    need("capabilities", &["capabilities", "no_new_privs"], Some(8)),
    need("seccomp blocklist", &["seccomp.load", "seccomp.actions"], Some(8)),
];

/// The verdict on one chapter. This is also its shape in JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Chapter {
    /// Its number in the book.
    pub number: u8,
    /// Its name.
    pub title: &'static str,
    /// Whether `minicontainer stage NUMBER` exists.
    pub written: bool,
    /// Whether the machine lets root do it.
    pub root: Answer,
    /// Whether the machine lets an ordinary user do it.
    pub ordinary: Answer,
    /// The same in words.
    pub verdict: String,
    /// The earlier chapter that it builds upon.
    pub builds_upon: Option<u8>,
    /// The ids of the rows that it rests on, those of the earlier chapters first.
    pub rests_on: Vec<&'static str>,
    /// The ids of those that stand in the way of somebody who has tried.
    pub blocked_by: Vec<&'static str>,
    /// What is good to have for it and is not there, or not tried.
    pub beside: Vec<String>,
}

impl Chapter {
    /// Whether it works for one kind of user.
    pub fn answer_for(&self, kind: Kind) -> Answer {
        match kind {
            Kind::Root => self.root,
            Kind::Ordinary => self.ordinary,
        }
    }
}

/// All twelve, of which the first `written` exist.
pub fn verdicts(rows: &[Row], written: u8) -> Vec<Chapter> {
    (1..).zip(&CHAPTERS).map(|(number, need)| verdict(rows, number, need, number <= written)).collect()
}

fn verdict(rows: &[Row], number: u8, need: &Need, written: bool) -> Chapter {
    let rests_on = rests_on(need);
    let of = |kind| least(rests_on.iter().map(|id| answer(rows, id, kind)));
    let (root, ordinary) = (of(Kind::Root), of(Kind::Ordinary));
    let blocks =
        |id: &&str| [Kind::Root, Kind::Ordinary].map(|kind| answer(rows, id, kind)).contains(&Answer::No);
    let beside = need.beside.iter().filter_map(|id| {
        let answer = answer(rows, id, Kind::Ordinary);
        (answer != Answer::Yes).then(|| format!("{id}: {}", answer.word()))
    });
    Chapter {
        number,
        title: need.title,
        written,
        root,
        ordinary,
        verdict: in_words(root, ordinary, written),
        builds_upon: need.after,
        blocked_by: rests_on.iter().filter(|id| blocks(id)).copied().collect(),
        beside: beside.collect(),
        rests_on,
    }
}

/// The rows of a chapter and of those that it builds upon, the oldest first.
fn rests_on(need: &Need) -> Vec<&'static str> {
    let earlier = need.after.map(|number| rests_on(&CHAPTERS[usize::from(number) - 1])).unwrap_or_default();
    [earlier.as_slice(), need.rows].concat()
}

fn answer(rows: &[Row], id: &str, kind: Kind) -> Answer {
    rows.iter().find(|row| row.id == id).map_or(Answer::NotTried, |row| row.answer_for(kind))
}

/// One no is a no; what was not tried is not promised; partly is enough to begin.
fn least(answers: impl Iterator<Item = Answer>) -> Answer {
    let answers: Vec<Answer> = answers.collect();
    let worst = [Answer::No, Answer::NotTried].into_iter().find(|answer| answers.contains(answer));
    worst.unwrap_or(Answer::Yes)
}

fn in_words(root: Answer, ordinary: Answer, written: bool) -> String {
    use Answer::{No, NotTried, Yes};
    let verb = if written { "works" } else { "this machine allows it" };
    let words = match (root, ordinary) {
        (Yes, Yes) => format!("{verb} as root and as an ordinary user"),
        (Yes, No) => format!("{verb} only as root"),
        (Yes, _) => format!("{verb} as root; not tried as an ordinary user"),
        (No, Yes) => format!("{verb} only as an ordinary user"),
        (_, Yes) => format!("{verb} as an ordinary user; not tried as root"),
        (No, No) => "not here".into(),
        (NotTried, No) => "not here as an ordinary user; not tried as root".into(),
        (No, _) => "not here as root; not tried as an ordinary user".into(),
        _ => "not tried".into(),
    };
    if written { words } else { format!("{words} (not written yet)") }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A machine on which everything works but `blocked`, and that only for an ordinary user.
    fn machine(blocked: &[&str]) -> Vec<Row> {
        let ids = CHAPTERS.iter().flat_map(|need| need.rows.iter().chain(need.beside));
        ids.map(|id| {
            let ordinary = if blocked.contains(id) { Answer::No } else { Answer::Yes };
            Row { root: Some(Answer::Yes), ordinary: Some(ordinary), ..Row::new(id, "", Answer::Yes) }
        })
        .collect()
    }

    #[test]
    fn a_machine_that_does_everything() {
        let chapters = verdicts(&machine(&[]), 4);
        assert_eq!(chapters.len(), 12);
        assert_eq!(chapters[3].verdict, "works as root and as an ordinary user");
        let later = "this machine allows it as root and as an ordinary user (not written yet)";
        assert_eq!(chapters[4].verdict, later);
        assert_eq!(
            chapters[3].rests_on,
            ["clone3", "close_range", "ns.uts", "ns.ipc", "ns.pid", "ns.mnt", "proc"]
        );
    }

    #[test]
    fn what_one_chapter_lacks_stays_with_those_that_build_upon_it() {
        let chapters = verdicts(&machine(&["pivot_root", "cgroup.memory"]), 12);
        let only_root: Vec<u8> = chapters
            .iter()
            .filter(|chapter| chapter.verdict == "works only as root")
            .map(|c| c.number)
            .collect();
        assert_eq!(only_root, [6, 8, 9, 10, 11, 12]);
        assert_eq!(chapters[8].blocked_by, ["pivot_root"]);
    }

    #[test]
    fn what_was_not_tried_is_not_promised() {
        let mut rows = machine(&["ns.uts"]);
        for row in &mut rows {
            row.root = Some(Answer::NotTried);
        }
        let chapters = verdicts(&rows, 4);
        assert_eq!(chapters[0].verdict, "works as an ordinary user; not tried as root");
        assert_eq!(chapters[1].verdict, "not here as an ordinary user; not tried as root");
        assert_eq!(verdicts(&[], 4)[0].verdict, "not tried");
    }
}
