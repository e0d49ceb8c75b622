//! Looking at one process: its files below /proc, and why one of them says nothing.

use std::path::{Path, PathBuf};

/// What was seen, or why it could not be: `Permission denied`, in the words of the kernel.
pub type Seen<T> = Result<T, String>;

/// The cause that another user may not have.
pub const DENIED: &str = "permission denied";

/// A process of which nothing is held but its number: every question opens its files anew.
pub struct Process {
    /// Its number in our PID namespace.
    pub pid: i32,
    status: Seen<String>,
}

impl Process {
    /// The process with this number, if there is one.
    pub fn find(pid: i32) -> Option<Process> {
        let folder = Path::new("/proc").join(pid.to_string());
        // A mount of /proc with hidepid=1 shows the folder of somebody else's process, and nothing in it.
        folder.exists().then(|| Process { pid, status: read(&folder.join("status")) })
    }

    /// One of its files.
    pub fn path(&self, name: &str) -> PathBuf {
        Path::new("/proc").join(self.pid.to_string()).join(name)
    }

    /// What one of its files says.
    pub fn text(&self, name: &str) -> Seen<String> {
        read(&self.path(name))
    }

    /// Where one of its links points. For this and for its root the kernel asks the question of ptrace(2).
    pub fn link(&self, name: &str) -> Seen<String> {
        let target = fs_err::read_link(self.path(name)).map_err(|error| cause(&error))?;
        Ok(target.display().to_string())
    }

    /// A field of its `status`, see proc_pid_status(5). Older kernels lack some.
    pub fn status(&self, field: &str) -> Seen<&str> {
        let text = self.status.as_ref().map_err(Clone::clone)?;
        field_of(text, field).ok_or_else(|| format!("this kernel has no field {field}"))
    }

    /// Whether it has ended, and only its exit code is kept for its parent: a zombie.
    pub fn has_ended(&self) -> bool {
        self.status("State").is_ok_and(|state| state.starts_with(['Z', 'X']))
    }

    /// Whether it is a thread of the kernel: such a process has no memory of its own, and no command line.
    pub fn is_kernel_thread(&self) -> bool {
        !self.has_ended() && self.status("Name").is_ok() && self.status("VmSize").is_err()
    }
}

fn read(path: &Path) -> Seen<String> {
    let bytes = fs_err::read(path).map_err(|error| cause(&error))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Why a file could not be read. The path is left out: the row says which thing it is about.
pub fn cause(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::PermissionDenied => DENIED.into(),
        // A process that has ended keeps its folder until its parent asks, but neither namespaces nor root.
        std::io::ErrorKind::NotFound => "there is none".into(),
        other => other.to_string(),
    }
}

fn field_of<'a>(status: &'a str, field: &str) -> Option<&'a str> {
    status.lines().find_map(|line| Some(line.strip_prefix(field)?.strip_prefix(':')?.trim()))
}

/// The same text without what a terminal would obey: a process chooses its own command line and its own paths.
pub fn printable(text: &str) -> String {
    let shown = |letter: char| {
        if letter.is_control() { letter.escape_default().to_string() } else { letter.to_string() }
    };
    text.chars().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_found_by_its_whole_name() {
        let status = "Name:\tsh\nSeccomp:\t2\nSeccomp_filters:\t3\n";
        assert_eq!(field_of(status, "Seccomp"), Some("2"));
        assert_eq!(field_of(status, "Seccomp_filters"), Some("3"));
        assert_eq!(field_of(status, "Sec"), None);
    }

    #[test]
    fn a_terminal_is_told_nothing() {
        assert_eq!(printable("a\x1b[2J\nb"), "a\\u{1b}[2J\\nb");
    }

    #[test]
    fn we_exist_and_are_no_part_of_the_kernel() {
        let pid = i32::try_from(std::process::id()).unwrap();
        assert!(!Process::find(pid).unwrap().is_kernel_thread());
        assert!(Process::find(i32::MAX).is_none());
    }
}
