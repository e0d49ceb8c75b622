//! Tree: the processes, each with its number and its user outside and inside.
//!
//! Kernel: pid_namespaces(7), user_namespaces(7). See it: `grep NSpid /proc/PID/status`, `cat /proc/PID/uid_map`.

use ratatui::text::Line;
use serde::Serialize;

use super::{
    Said,
    paint::table,
    processes::{MOST, Member},
};
use crate::{
    look::{self, Seen, Stat},
    theme::Theme,
};

/// The processes, each before its children.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tree {
    /// As many as we look at.
    pub processes: Vec<Process>,
    /// Whether there are more.
    pub is_cut: bool,
}

/// One process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Process {
    /// Its number out here.
    pub pid: i32,
    /// Its number in the container; none below chapter 3.
    pub pid_inside: Option<i32>,
    /// How far it is below the first process.
    pub depth: usize,
    /// Its effective user out here.
    pub user: u32,
    /// Who that is inside; none if the map of its user namespace has nobody for him.
    pub user_inside: Option<u32>,
    /// Whether it has ended, and its parent has not asked for its exit code.
    pub has_ended: bool,
    /// Its command line, or its name.
    pub command: String,
    #[serde(skip)]
    began: u64,
}

impl Tree {
    /// The container is gone: whoever of these is gone with it has ended. Without a PID namespace some may live on.
    pub fn finish(&mut self) {
        for process in &mut self.processes {
            let now = Stat::of(process.pid).filter(|now| now.began == process.began);
            process.has_ended = now.is_none_or(|now| now.has_ended());
        }
    }
}

pub fn look(init: i32, members: &[Member]) -> Seen<Tree> {
    let Some(first) = members.first() else { return Err(super::ENDED.into()) };
    let map = look::text(init, "uid_map")?;
    // A number for each PID namespace, from ours inwards. The first process is in the container's own.
    let level = numbers(first).len().saturating_sub(1);
    let processes = members.iter().map(|member| process(member, level, &map)).collect();
    Ok(Tree { processes, is_cut: members.len() >= MOST })
}

fn numbers(member: &Member) -> Vec<i32> {
    look::numbers(look::field(&member.status, "NSpid").unwrap_or_default())
}

fn process(member: &Member, level: usize, map: &str) -> Process {
    let field = |name: &str| look::field(&member.status, name).unwrap_or_default();
    let user = field("Uid").split_whitespace().nth(1).and_then(|uid| uid.parse().ok()).unwrap_or(u32::MAX);
    let line = look::text(member.pid, "cmdline").unwrap_or_default();
    let command = match look::words(&line).join(" ") {
        empty if empty.is_empty() => format!("[{}]", field("Name")),
        line => line,
    };
    Process {
        pid: member.pid,
        pid_inside: numbers(member).get(level).copied().filter(|_| level > 0),
        depth: member.depth,
        user,
        user_inside: inside(map, user),
        has_ended: member.stat.has_ended(),
        command: look::printable(&command),
        began: member.stat.began,
    }
}

/// Who a user is inside: a line of a map is first inside, first outside, count.
fn inside(map: &str, user: u32) -> Option<u32> {
    map.lines().find_map(|line| {
        let numbers: Vec<u32> = line.split_whitespace().filter_map(|word| word.parse().ok()).collect();
        let [inside, outside, count] = numbers[..] else { return None };
        let distance = user.checked_sub(outside).filter(|distance| *distance < count)?;
        inside.checked_add(distance)
    })
}

pub fn say(of: &Tree, theme: &Theme) -> Said {
    let number = |number: Option<i32>| number.map_or_else(|| "-".to_owned(), |number| number.to_string());
    let user = |user: Option<u32>| user.map_or_else(|| "nobody".to_owned(), |user| user.to_string());
    let rows = of.processes.iter().map(|it| {
        let command = format!("{}{}", "  ".repeat(it.depth), it.command);
        let (command, style) =
            if it.has_ended { (command + " (ended)", theme.dim) } else { (command, theme.text) };
        [
            (it.pid.to_string(), theme.host),
            (number(it.pid_inside), theme.container),
            (it.user.to_string(), theme.host),
            (user(it.user_inside), theme.container),
            (command, style),
        ]
    });
    let details = table(["pid", "inside", "user", "inside", "command"], rows.collect(), theme);
    let count = of.processes.iter().filter(|process| !process.has_ended).count();
    let headline = match count {
        0 => "no process any more".to_owned(),
        1 => "1 process".to_owned(),
        _ if of.is_cut => format!("the first {count} processes"),
        _ => format!("{count} processes"),
    };
    Said { details, ..Said::only(Line::styled(headline, theme.text)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_tells_who_somebody_is_inside() {
        let map = "         0       1000          1\n         1     100000      65536\n";
        assert_eq!(inside(map, 1000), Some(0));
        assert_eq!(inside(map, 100_009), Some(10));
        assert_eq!(inside(map, 0), None);
        assert_eq!(inside("0 0 4294967295\n", 0), Some(0));
    }
}
