//! Process: a copy of ourselves that becomes the command.
//!
//! Runs in: both. The parent clones; the child prepares itself and calls execve.
//! Kernel: clone(2), execve(2), PR_SET_PDEATHSIG(2const), close_range(2).
//! See it: `strace -f sh -c 'ls; true'`, or `--explain`.

use std::{
    convert::Infallible,
    ffi::{CString, OsStr, OsString},
    os::unix::{
        ffi::{OsStrExt, OsStringExt},
        fs::PermissionsExt,
    },
    path::{Path, PathBuf},
};

use sys::{CloneFlags, Errno, Error, ForkResult, Kind, Pid, Result, Signal, WaitPidFlag, WaitStatus};

use crate::{
    environment,
    protocol::{Channel, Message},
};

/// A child that runs, or is about to. Dropped, it is killed and reaped: whichever way the parent
/// leaves its script, nothing is left behind.
#[derive(Debug)]
pub struct Container {
    /// The child, as the parent sees it.
    pub pid: Pid,
    /// Our end of the conversation.
    pub channel: Channel,
    reaped: bool,
}

impl Container {
    /// How the child ended, or that it is still alive.
    pub fn poll(&mut self) -> Result<WaitStatus> {
        let status = sys::waitpid(self.pid, WaitPidFlag::WNOHANG)?;
        self.reaped = status != WaitStatus::StillAlive; // its number may belong to somebody else now
        Ok(status)
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        if !self.reaped {
            // Neither can fail for a child of ours that nobody has reaped.
            sys::kill(self.pid, Signal::SIGKILL).ok();
            sys::waitpid(self.pid, WaitPidFlag::empty()).ok();
        }
    }
}

/// Clone this process into new `namespaces`; the copy does `child` and never comes back from it.
pub fn clone(
    namespaces: &[CloneFlags],
    child: impl FnOnce(&mut Channel) -> Result<Infallible>,
) -> Result<Container> {
    let (ours, mut theirs) = Channel::pair()?;
    let flags = namespaces.iter().copied().collect();
    match sys::clone3(flags)? {
        ForkResult::Parent { child: pid } => Ok(Container { pid, channel: ours, reaped: false }),
        ForkResult::Child => {
            drop(ours); // or the child would never see the end of file of a dead parent
            let Err(error) = child(&mut theirs);
            let code = error.exit_code();
            // If nobody listens any more, the exit code still says it.
            theirs.tell(&Message::Failed(error)).ok();
            sys::exit_now(code)
        }
    }
}

/// Let the kernel kill this process when its parent dies, however the parent dies.
pub fn die_with_parent() -> Result<()> {
    sys::prctl_set_pdeathsig(Signal::SIGKILL)
}

/// The same for who has changed his user, and lost it by that (prctl(2)). A parent that has died meanwhile is noticed.
pub fn die_with_parent_again(parent: &Channel) -> Result<()> {
    die_with_parent()?;
    parent.check_peer()
}

/// Start in `directory`.
pub fn change_directory(directory: &Path) -> Result<()> {
    sys::chdir(directory)
}

/// Close, at the coming execve, every descriptor but standard input, output and error.
pub fn close_descriptors() -> Result<()> {
    sys::close_range_cloexec(3)
}

/// Become `command`, looked for in the PATH of `environment` when its name has no slash.
pub fn exec(command: &[OsString], environment: &[CString]) -> Result<Infallible> {
    let [name, ..] = command else { return Err(Error::new("no command was given")) };
    let search = environment::value(environment, "PATH").unwrap_or_default();
    let path = find(name, OsStr::from_bytes(search))?;
    let arguments = command.iter().map(|argument| c_string(argument)).collect::<Result<Vec<_>>>()?;
    sys::execve(&c_string(path.as_os_str())?, &arguments, environment).map_err(|error| why_not(&path, error))
}

/// Where a command is: execve knows no PATH, a shell and a runtime search it themselves.
fn find(name: &OsStr, search: &OsStr) -> Result<PathBuf> {
    if name.as_bytes().contains(&b'/') {
        return Ok(name.into());
    }
    let files =
        || std::env::split_paths(search).map(|folder| folder.join(name)).filter(|file| file.is_file());
    let executable = files().find(|file| is_executable(file));
    // One that cannot be executed is still better than none: the kernel then says why.
    executable.or_else(|| files().next()).filter(|_| !name.is_empty()).ok_or_else(|| {
        Error::new(format!("exec {name:?}: there is no such command in PATH={}", search.display()))
            .kind(Kind::NotFound)
            .remedy("Check the spelling, or give the path of the command, with a slash in it.")
    })
}

fn is_executable(file: &Path) -> bool {
    file.metadata().is_ok_and(|file| file.permissions().mode() & 0o111 != 0)
}

/// Text for the kernel, which ends at the first NUL byte: there must be none inside.
fn c_string(text: &OsStr) -> Result<CString> {
    CString::new(text.to_owned().into_vec()).map_err(|_| {
        Error::new(format!("exec {text:?}: there is a NUL byte in it"))
            .why("the kernel takes arguments as C strings, which end at the first NUL byte")
    })
}

/// Why execve failed, where a look at the file tells.
fn why_not(path: &Path, error: Error) -> Error {
    let (why, remedy) = match error.errno() {
        Some(Errno::EACCES) if path.is_dir() => ("it is a directory", "Name a program."),
        Some(Errno::EACCES) if path.exists() && !is_executable(path) => {
            ("its mode has no x bit", "chmod +x makes a program of it.")
        }
        Some(Errno::EACCES) => (
            "a folder on the way may not be searched, or the file system is mounted noexec",
            "Look at namei -l of this path and at its mount in /proc/self/mountinfo.",
        ),
        Some(Errno::ENOENT) if path.exists() => (
            "the file is there, but the interpreter that it names (after #!, or its dynamic loader) is not",
            "Look at its first line, or at file(1) and ldd(1) of it.",
        ),
        Some(Errno::ENOENT) => ("there is no such file inside the container", "Check the path."),
        Some(Errno::ENOEXEC) => (
            "it is neither a program for this processor nor a script that begins with #!",
            "Begin a script with #!/bin/sh.",
        ),
        _ => return error,
    };
    error.why(why).remedy(remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_found_in_the_path() {
        assert_eq!(find("sh".as_ref(), "/nowhere:/bin".as_ref()).unwrap(), Path::new("/bin/sh"));
        assert_eq!(find("./sh".as_ref(), "/bin".as_ref()).unwrap(), Path::new("./sh"));
        for nothing in ["", "no-such-command"] {
            let error = find(nothing.as_ref(), "/bin".as_ref()).unwrap_err();
            assert_eq!(error.exit_code(), 127, "{error}");
        }
    }

    #[test]
    fn a_nul_byte_is_refused() {
        let error = exec(&["/bin/echo".into(), "a\0b".into()], &[]).unwrap_err();
        assert_eq!(error.exit_code(), 125, "{error}");
        assert!(error.to_string().contains("NUL"), "{error}");
    }
}
