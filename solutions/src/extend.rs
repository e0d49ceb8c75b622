//! Variations: flags of Docker's and runc's that the chapters do not print.
//!
//! Runs in: child, but `write_pid_file`, which only the parent can do.

use std::path::{Path, PathBuf};

use sys::{Error, MsFlags, Pid, Resource, Result};

/// `--ulimit nofile=NUMBER`, as in Docker: how many descriptors the command may have open.
pub fn set_ulimits(limits: &[String]) -> Result<()> {
    for limit in limits {
        let number = limit.strip_prefix("nofile=").and_then(|number| number.parse().ok());
        let number =
            number.ok_or_else(|| Error::new(format!("--ulimit {limit:?}: it reads nofile=NUMBER")))?;
        sys::setrlimit(Resource::RLIMIT_NOFILE, number)?;
    }
    Ok(())
}

/// `--domainname NAME`, as in Docker: the other name in the UTS namespace.
pub fn set_domainname(name: Option<&str>) -> Result<()> {
    name.map_or(Ok(()), sys::setdomainname)
}

/// `--pid-file FILE`, as in runc: the number of the command, as the host sees it.
pub fn write_pid_file(file: Option<&Path>, command: Pid) -> Result<()> {
    if let Some(file) = file {
        fs_err::write(file, command.to_string())?;
    }
    Ok(())
}

/// `--tmpfs DIR`, as in Docker: an empty file system in memory, without set-user-ID programs, devices
/// and programs.
pub fn mount_tmpfs(places: &[PathBuf]) -> Result<()> {
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
    for place in places {
        sys::mount(Some("tmpfs"), place, Some("tmpfs"), flags, None)?;
    }
    Ok(())
}
