//! Pids: how many processes and threads there are, and how many there may be.
//!
//! Kernel: cgroup-v1/pids.rst; cgroup-v2.rst, "PID". See it: `pids.current` and `pids.events` of the group.

use ratatui::text::{Line, Span};
use serde::Serialize;

use super::{
    Said,
    group::Groups,
    paint::{color, level},
    processes::Member,
};
use crate::{
    look::{self, Seen},
    theme::Theme,
};

/// One reading.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Pids {
    /// Processes and threads.
    pub current: u64,
    /// How many there may be; none if there is no limit.
    pub max: Option<u64>,
    /// How many `fork(2)` were refused.
    pub refused: Option<u64>,
    /// Why only its processes were counted, if they were.
    pub counted_because: Option<String>,
}

pub fn look(groups: &Groups, members: &[Member]) -> Seen<Pids> {
    let (_, folder) = match groups.folder("pids") {
        Ok(found) => found,
        Err(_) if members.is_empty() => return Err(super::ENDED.into()),
        Err(why) => {
            let current = members.iter().map(|member| member.stat.threads).sum();
            return Ok(Pids { current, counted_because: Some(why), ..Pids::default() });
        }
    };
    // Both versions call the files the same.
    let text = |name: &str| look::read(&folder.join(name));
    let events = text("pids.events").unwrap_or_default();
    Ok(Pids {
        current: text("pids.current")?.trim().parse().map_err(|_| "pids.current is no number")?,
        max: text("pids.max")?.trim().parse().ok(),
        refused: look::counter(&events, "max"),
        counted_because: None,
    })
}

pub fn say(of: &Pids, theme: &Theme) -> Said {
    let level = level(of.current, of.max);
    let limit = match of.max {
        Some(max) => format!(" of {max}"),
        None if of.counted_because.is_some() => ", no limit of its own".into(),
        None => ", no limit".into(),
    };
    let what = if of.current == 1 { " process" } else { " processes and threads" };
    let headline = Line::from(vec![
        Span::styled(of.current.to_string(), color(level, theme)),
        Span::styled(what.to_owned() + &limit, theme.text),
    ]);
    let mut details = Vec::new();
    if let Some(because) = &of.counted_because {
        details.push(Line::styled(format!("{because}: its processes were counted"), theme.warning));
    }
    if let Some(refused) = of.refused {
        let style = if refused > 0 { theme.bad } else { theme.dim };
        details.push(Line::styled(format!("refused by the limit: {refused}"), style));
    }
    Said { headline, level, history: None, details }
}
