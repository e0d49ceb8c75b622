//! The command line of `lab`, and what of the caller's surroundings goes inside.

use std::{
    ffi::{OsStr, OsString},
    os::unix::ffi::{OsStrExt, OsStringExt},
    path::{Path, PathBuf},
};

use cli::Variable;
use sys::{Error, Result};

/// The flags of `lab`.
#[derive(clap::Args, Clone, Debug)]
#[command(after_help = AFTER)]
pub struct Lab {
    /// Memory of the machine, such as 512m
    #[arg(short, long, value_name = "BYTES", default_value = "1g", value_parser = memory)]
    pub(crate) memory: String,

    /// Share another folder, at the same path and writable
    #[arg(short, long, value_name = "DIR")]
    pub(crate) volume: Vec<PathBuf>,

    /// Set an environment variable; without a value, hand over the caller's
    #[arg(short, long, value_name = "NAME[=VALUE]", value_parser = cli::VariableParser)]
    pub(crate) env: Vec<Variable>,

    /// The command and its arguments [default: a shell]
    #[arg(value_name = "COMMAND", trailing_var_arg = true)]
    pub(crate) command: Vec<OsString>,
}

const AFTER: &str = "\
Inside you are root, with every capability and control groups of version 2. The
working folder is there at the same path, writable; so are the folders given with
--volume, and the one that minicontainer is in: inside it is found by its name.
Of the rest of this machine there is /usr, read-only, and nothing else.

These variables go inside: PATH, HOME, TERM, COLORTERM, LANG, LAB, CI, NO_COLOR,
COLUMNS, REQUIRE_ALL and all that begin with LC_, CARGO, RUST, CLICOLOR or INSTA_.

Examples:
  minicontainer lab                                  a shell
  minicontainer lab -- minicontainer doctor          what of the course works inside
  minicontainer lab -v ../data -- cp ../data/a .     with one more folder
  CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER=\"minicontainer lab -v $PWD --\" cargo test
                                                     each test program in a lab of its own

Exit code: the command's; 128 and the signal that killed it; 125, 126 or 127 as
in Docker when it could not be started.";

/// Which variables of the caller's go inside.
const HANDED_OVER: &[&str] =
    &["PATH", "HOME", "TERM", "COLORTERM", "LANG", "LAB", "CI", "NO_COLOR", "COLUMNS", "REQUIRE_ALL"];
/// How the names of others begin.
const BEGINNINGS: &[&str] = &["LC_", "MINICONTAINER_LANG", "CARGO", "RUST", "CLICOLOR", "INSTA_"];

/// Folders that are not the host's inside. What is in them cannot be shared.
const OTHERS: &[&str] = &["/usr", "/proc", "/sys", "/dev", "/etc", "/bin", "/sbin", "/lib", "/lib64", "/run"];

impl Lab {
    /// A lab for `command`, with everything else as by default.
    pub fn new(command: Vec<OsString>) -> Lab {
        Lab { memory: "1g".into(), volume: Vec::new(), env: Vec::new(), command }
    }

    /// The same with one more shared folder.
    #[must_use]
    pub fn share(mut self, folder: impl Into<PathBuf>) -> Lab {
        self.volume.push(folder.into());
        self
    }

    /// The command; a shell when none is given.
    pub(crate) fn command(&self) -> Vec<OsString> {
        let shell = if Path::new("/bin/bash").exists() { "/bin/bash" } else { "/bin/sh" };
        if self.command.is_empty() { vec![shell.into()] } else { self.command.clone() }
    }

    /// The folders that are shared, the outer ones first. The working folder is one of them, and this
    /// program's, unless it is the root or one that belongs to the machine.
    pub(crate) fn volumes(&self) -> Result<Vec<PathBuf>> {
        let mut folders = Vec::new();
        for folder in &self.volume {
            let folder = fs_err::canonicalize(folder)?;
            if !may_be_shared(&folder) {
                return Err(Error::new(format!(
                    "--volume {}: the machine has its own there",
                    folder.display()
                ))
                .why("/usr is the host's already; /etc, /proc, /sys, /dev and / are the machine's"));
            }
            folders.push(folder);
        }
        let workdir = std::env::current_dir()?;
        folders.extend(
            [Some(workdir), program_folder()].into_iter().flatten().filter(|folder| may_be_shared(folder)),
        );
        folders.sort();
        folders.dedup();
        Ok(folders)
    }

    /// The environment inside: `NAME=VALUE` each.
    pub(crate) fn environment(&self) -> Vec<OsString> {
        let callers = std::env::vars_os().filter(|(name, _)| is_handed_over(name));
        let callers = callers.map(|(name, value)| [name, value].join(OsStr::new("=")));
        let fixed = ["USER=root", "LOGNAME=root"].map(OsString::from);
        let given = self.env.iter().filter_map(|variable| variable.0.clone());
        let mut variables: Vec<OsString> = Vec::new();
        for variable in callers.chain(fixed).chain(given) {
            variables.retain(|earlier| name(earlier) != name(&variable));
            variables.push(with_programs(variable, program_folder().as_deref()));
        }
        variables
    }
}

/// Where this program is: `cargo run` starts one that is in nobody's PATH.
fn program_folder() -> Option<PathBuf> {
    fs_err::canonicalize(std::env::current_exe().ok()?.parent()?).ok()
}

/// Root's programs are found inside even where an ordinary user's PATH does not have them, and so is ours.
fn with_programs(variable: OsString, ours: Option<&Path>) -> OsString {
    if name(&variable) != b"PATH" {
        return variable;
    }
    let mut bytes = variable.into_vec();
    let roots = ["/usr/local/sbin", "/usr/sbin", "/usr/bin"].map(Path::new);
    for folder in roots.into_iter().chain(ours).map(|folder| folder.as_os_str().as_bytes()) {
        if !bytes[5..].split(|byte| *byte == b':').any(|entry| entry == folder) {
            bytes.push(b':');
            bytes.extend_from_slice(folder);
        }
    }
    OsString::from_vec(bytes)
}

fn is_handed_over(name: &OsStr) -> bool {
    let begins = |beginning: &&str| name.as_bytes().starts_with(beginning.as_bytes());
    HANDED_OVER.iter().any(|other| name == *other) || BEGINNINGS.iter().any(begins)
}

fn may_be_shared(folder: &Path) -> bool {
    folder != Path::new("/") && !OTHERS.iter().any(|other| folder.starts_with(other))
}

fn name(variable: &OsStr) -> &[u8] {
    variable.as_bytes().split(|byte| *byte == b'=').next().unwrap_or_default()
}

/// A size as linux.uml reads it.
fn memory(text: &str) -> Result<String, String> {
    let number = text.trim_end_matches(['k', 'K', 'm', 'M', 'g', 'G']);
    let shift = match text.strip_prefix(number).unwrap_or_default().to_ascii_lowercase().as_str() {
        "" => 0,
        "k" => 10,
        "m" => 20,
        "g" => 30,
        unit => return Err(format!("{unit:?} is no unit: k, m or g after a whole number, such as 512m")),
    };
    let bytes = number.parse::<u64>().ok().and_then(|number| number.checked_mul(1 << shift));
    match bytes {
        Some(bytes) if (128 << 20..=64 << 30).contains(&bytes) => Ok(text.to_owned()),
        Some(_) => Err("at least 128m, or the kernel has no room, and at most 64g".into()),
        None => Err("a whole number and a unit, such as 512m".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_what_the_kernel_can_start_with() {
        assert_eq!(memory("512m"), Ok("512m".to_owned()));
        assert_eq!(memory("1G"), Ok("1G".to_owned()));
        for wrong in ["", "x", "64m", "12q", "1gg", "100g", "-1g"] {
            assert!(memory(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn secrets_in_variables_stay_outside() {
        assert!(is_handed_over("CARGO_MANIFEST_DIR".as_ref()) && is_handed_over("PATH".as_ref()));
        assert!(!is_handed_over("GITHUB_TOKEN".as_ref()) && !is_handed_over("LD_PRELOAD".as_ref()));
    }

    #[test]
    fn the_machine_keeps_its_own_folders() {
        assert!(may_be_shared("/home/me/course".as_ref()) && may_be_shared("/tmp".as_ref()));
        assert!(!may_be_shared("/".as_ref()) && !may_be_shared("/usr/share".as_ref()));
    }

    #[test]
    fn root_finds_its_programs_and_ours() {
        let path = |text: &str, ours: &str| with_programs(text.into(), Some(Path::new(ours)));
        assert_eq!(path("PATH=/usr/bin", "/a/bin"), "PATH=/usr/bin:/usr/local/sbin:/usr/sbin:/a/bin");
        assert_eq!(path("PATH=/a/bin:/usr/bin", "/a/bin"), "PATH=/a/bin:/usr/bin:/usr/local/sbin:/usr/sbin");
        assert_eq!(path("HOME=/x", "/a/bin"), "HOME=/x");
    }
}
