//! Looking: files of the kernel, programs, and the text of both.

use std::path::PathBuf;

/// What a file of /proc or /sys says, or why it says nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Its text, without the newline at the end.
    Is(String),
    /// There is no such file, though its directory is there: this kernel does not have the setting.
    Absent,
    /// It cannot be read, and this is why. So nothing is known.
    Unreadable(String),
}

/// Read a setting of the kernel.
pub fn value(path: &str) -> Value {
    match fs_err::read_to_string(path) {
        Ok(text) => Value::Is(text.trim_end().to_owned()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && has_procfs() => Value::Absent,
        Err(error) => Value::Unreadable(error.to_string()),
    }
}

/// Read a file that may not be there.
pub fn text(path: &str) -> Option<String> {
    fs_err::read_to_string(path).ok()
}

/// Where a symbolic link points; for one in /proc/self/ns, which namespace that is.
pub fn link(path: &str) -> Option<PathBuf> {
    fs_err::read_link(path).ok()
}

/// Whether /proc is a procfs at all, and not covered by something else.
pub fn has_procfs() -> bool {
    text("/proc/self/status").is_some()
}

/// A field of /proc/self/status, see proc(5).
pub fn status(field: &str) -> Option<String> {
    field_of(&text("/proc/self/status")?, field)
}

fn field_of(status: &str, field: &str) -> Option<String> {
    let value = status.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'))?;
    Some(value.trim().to_owned())
}

/// Where a program is: in PATH, or where distributions keep the programs of root.
pub fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders =
        std::env::split_paths(&path).chain(["/usr/local/sbin", "/usr/sbin", "/sbin"].map(PathBuf::from));
    folders.map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// The command that installs a package here, from its names in Debian, Fedora, Arch and Alpine.
pub fn install([debian, fedora, arch, alpine]: [&str; 4]) -> String {
    let managers = [
        ("apt-get", format!("sudo apt-get install {debian}")),
        ("dnf", format!("sudo dnf install {fedora}")),
        ("pacman", format!("sudo pacman -S {arch}")),
        ("apk", format!("sudo apk add {alpine}")),
    ];
    let mut found = managers.into_iter().filter(|(manager, _)| program(manager).is_some());
    found.next().map_or_else(|| format!("Install the package {debian}."), |(_, command)| command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_found_by_its_whole_name() {
        let status = "NoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t3\n";
        assert_eq!(field_of(status, "Seccomp").as_deref(), Some("2"));
        assert_eq!(field_of(status, "Seccomp_filters").as_deref(), Some("3"));
        assert_eq!(field_of(status, "Sec"), None);
    }

    #[test]
    fn a_program_is_a_file() {
        assert!(program("sh").is_some());
        assert_eq!(program("no-such-program"), None);
    }
}
