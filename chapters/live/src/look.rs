//! Looking at one process: its files below /proc, and why one of them says nothing.

use std::path::{Path, PathBuf};

/// What was seen, or why it could not be, in the words of the kernel.
pub type Seen<T> = Result<T, String>;

/// The path of a file of a process.
pub fn path(pid: i32, name: &str) -> PathBuf {
    Path::new("/proc").join(pid.to_string()).join(name)
}

/// What a file of a process says.
pub fn text(pid: i32, name: &str) -> Seen<String> {
    read(&path(pid, name))
}

/// What a file of the kernel says.
pub fn read(path: &Path) -> Seen<String> {
    let bytes = fs_err::read(path).map_err(|error| cause(&error))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Why a file could not be read. The path is left out: the gauge says which thing it is about.
pub fn cause(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::PermissionDenied => "permission denied".into(),
        std::io::ErrorKind::NotFound => "there is none".into(),
        other => other.to_string(),
    }
}

/// A field of a `status`, see proc_pid_status(5).
pub fn field<'a>(status: &'a str, name: &str) -> Option<&'a str> {
    status.lines().find_map(|line| Some(line.strip_prefix(name)?.strip_prefix(':')?.trim()))
}

/// A number behind a word, as in `cpu.stat` and `memory.events`: `nr_throttled 3`.
pub fn counter(text: &str, name: &str) -> Option<u64> {
    text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.trim().parse().ok())
}

/// The words of a command line. Each has a zero behind it.
pub fn words(cmdline: &str) -> Vec<String> {
    let text = cmdline.trim_end_matches('\0');
    if text.is_empty() { Vec::new() } else { text.split('\0').map(str::to_owned).collect() }
}

/// The same text without what a terminal would obey: a process chooses its own command line and its own paths.
pub fn printable(text: &str) -> String {
    let shown = |letter: char| {
        if letter.is_control() { letter.escape_default().to_string() } else { letter.to_string() }
    };
    text.chars().map(shown).collect()
}

/// What the gauges want of a line of `stat`, see proc_pid_stat(5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stat {
    /// A letter: `R` runs, `Z` has ended.
    pub state: char,
    /// The number of its parent.
    pub parent: i32,
    /// Ticks of processor time, with those of its children that it has waited for.
    pub ticks: u64,
    /// How many threads it has.
    pub threads: u64,
    /// When it began, in ticks since the machine did. With its number it names one process for good.
    pub began: u64,
}

impl Stat {
    /// Of the process with this number, if there is one.
    pub fn of(pid: i32) -> Option<Stat> {
        Stat::parse(&text(pid, "stat").ok()?)
    }

    /// The name, in parentheses, may have anything in it. What counts is behind the last one.
    fn parse(line: &str) -> Option<Stat> {
        let fields: Vec<&str> = line.rsplit_once(')')?.1.split_whitespace().collect();
        let number = |index: usize| fields.get(index)?.parse::<u64>().ok();
        Some(Stat {
            state: fields.first()?.chars().next()?,
            parent: fields.get(1)?.parse().ok()?,
            ticks: number(11)? + number(12)? + number(13)? + number(14)?,
            threads: number(17)?,
            began: number(19)?,
        })
    }

    /// Whether only its exit code is left.
    pub fn has_ended(&self) -> bool {
        matches!(self.state, 'Z' | 'X')
    }
}

/// The children of a process.
pub fn children(pid: i32) -> Vec<i32> {
    // A child belongs to the thread that made it. Kernels without CONFIG_PROC_CHILDREN have no such file.
    let Ok(threads) = fs_err::read_dir(path(pid, "task")) else { return Vec::new() };
    let lists: Option<Vec<String>> =
        threads.flatten().map(|thread| read(&thread.path().join("children")).ok()).collect();
    match lists {
        Some(lists) => lists.iter().flat_map(|list| numbers(list)).collect(),
        None => {
            all().into_iter().filter(|other| Stat::of(*other).is_some_and(|it| it.parent == pid)).collect()
        }
    }
}

/// All processes that we see.
pub fn all() -> Vec<i32> {
    let Ok(entries) = fs_err::read_dir("/proc") else { return Vec::new() };
    entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
}

/// Numbers between spaces.
pub fn numbers(text: &str) -> Vec<i32> {
    text.split_whitespace().filter_map(|word| word.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_forge_a_stat() {
        let line = "7 (a) R 1 (b) S 5 7 7 0 -1 4194304 97 0 0 0 1 2 3 4 20 0 2 0 8123 8388608 1 2";
        let stat = Stat { state: 'S', parent: 5, ticks: 10, threads: 2, began: 8123 };
        assert_eq!(Stat::parse(line), Some(stat));
        assert_eq!(Stat::parse("7 (a) R"), None);
    }

    #[test]
    fn fields_counters_and_words() {
        assert_eq!(field("Seccomp:\t2\nSeccomp_filters:\t3\n", "Seccomp"), Some("2"));
        assert_eq!(counter("oom 2\noom_kill 1\noom_group_kill 0\n", "oom_kill"), Some(1));
        assert_eq!(words("sh\0-c\0a b\0"), ["sh", "-c", "a b"]);
        assert!(words("").is_empty());
        assert_eq!(printable("a\x1b[2J\nb"), "a\\u{1b}[2J\\nb");
    }

    #[test]
    fn a_child_has_its_parent() {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let pid = i32::try_from(child.id()).unwrap();
        let ours = i32::try_from(std::process::id()).unwrap();
        let found = (children(ours).contains(&pid), Stat::of(pid).map(|stat| stat.parent));
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(found, (true, Some(ours)));
    }
}
