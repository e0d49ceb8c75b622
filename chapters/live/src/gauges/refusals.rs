//! Refusals: the seccomp filters of the first process, and which system calls they have refused.
//!
//! The kernel counts no refusals. Only the filter's listener knows of them, and that is the runtime, if it was started with
//! `--report-refusals`: it writes them to a file in memory, which is found among its descriptors (chapter 12).
//!
//! Kernel: seccomp(2), seccomp_unotify(2), memfd_create(2). See it: `grep Seccomp /proc/PID/status`.

use ratatui::text::Line;
use serde::Serialize;

use super::{Said, paint::table};
use crate::{
    containers::Container,
    look::{self, Seen},
    theme::Theme,
};

/// Where a descriptor of the runtime leads, if it is the file of its refusals.
const FILE: &str = "/memfd:refusals (deleted)";

/// One reading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refusals {
    /// 0: no filter; 2: filters.
    pub mode: u64,
    /// How many filters; none if this kernel does not say.
    pub filters: Option<u64>,
    /// What was refused; none if nobody knows.
    pub refused: Option<Vec<Refused>>,
    /// Why nobody knows.
    pub unknown_because: Option<String>,
}

/// One call of one program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// How often.
    pub times: u64,
    /// The call, `unshare(2)`.
    pub call: String,
    /// Who asked for it.
    pub program: String,
}

pub fn look(of: &Container) -> Seen<Refusals> {
    let status = look::text(of.init, "status")?;
    let number = |name: &str| look::field(&status, name).and_then(|text| text.parse().ok());
    let mode = number("Seccomp").ok_or("this kernel says nothing of seccomp")?;
    let (refused, unknown_because) = match published(of.runtime) {
        Ok(text) => (Some(text.lines().filter_map(refused).collect()), None),
        Err(why) => (None, Some(why)),
    };
    Ok(Refusals { mode, filters: number("Seccomp_filters"), refused, unknown_because })
}

/// What the runtime has written.
fn published(runtime: i32) -> Seen<String> {
    let cause = |error: std::io::Error| format!("the runtime's descriptors: {}", look::cause(&error));
    let descriptors = fs_err::read_dir(look::path(runtime, "fd")).map_err(cause)?;
    let is_it = |path: &std::path::PathBuf| fs_err::read_link(path).is_ok_and(|to| to.as_os_str() == FILE);
    let found = descriptors.flatten().map(|entry| entry.path()).find(is_it);
    look::read(&found.ok_or("only a runtime that was started with --report-refusals can know")?)
}

/// How often, which call, and the program, whose name may have spaces.
fn refused(line: &str) -> Option<Refused> {
    let [times, call, program] = line.splitn(3, ' ').collect::<Vec<_>>()[..] else { return None };
    let [call, program] = [call, program].map(look::printable);
    Some(Refused { times: times.parse().ok()?, call, program })
}

pub fn say(of: &Refusals, theme: &Theme) -> Said {
    let filters = match (of.mode, of.filters) {
        (0, _) => "no seccomp filter".into(),
        (_, Some(1)) => "1 seccomp filter".into(),
        (_, Some(count)) => format!("{count} seccomp filters"),
        (1, None) => "seccomp's strict mode".into(),
        (_, None) => "a seccomp filter".into(),
    };
    let style = if of.mode == 0 { theme.warning } else { theme.text };
    let all = of.refused.iter().flatten();
    let count = match (all.clone().map(|it| it.times).sum(), &of.refused) {
        (_, None) => "; refusals not known".to_owned(),
        (0, _) => "; no call refused".into(),
        (1, _) => "; 1 call refused".into(),
        (many, _) => format!("; {many} calls refused"),
    };
    let rows: Vec<_> = all
        .map(|it| {
            [
                (it.times.to_string(), theme.bad),
                (it.call.clone(), theme.bad),
                (it.program.clone(), theme.container),
            ]
        })
        .collect();
    let mut details =
        if rows.is_empty() { Vec::new() } else { table(["times", "call", "asked for by"], rows, theme) };
    details.extend(of.unknown_because.iter().map(|why| Line::styled(why.clone(), theme.dim)));
    Said { details, ..Said::only(Line::styled(filters + &count, style)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_what_the_runtime_writes() {
        let expected = Refused { times: 3, call: "unshare(2)".into(), program: "my program".into() };
        assert_eq!(refused("3 unshare(2) my program"), Some(expected));
        assert_eq!(refused("unshare(2)"), None);
    }
}
