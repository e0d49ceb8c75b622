//! Variations: flags of Docker's and runc's that the chapters do not print.
//!
//! Runs in: child, but `write_pid_file`, which only the parent can do.

use std::path::{Path, PathBuf};

use sys::{Error, MsFlags, Pid, Resource, Result};

/// `--ulimit nofile=NUMBER`, as in Docker: how many descriptors the command may have open.
pub fn set_ulimits(limits: &[String]) -> Result<()> {
    // Exercise 1.5: A limit on open files.
    // Extend: `--ulimit nofile=64`, as in Docker, limits how many files the command may have open.
    // Anything but nofile=NUMBER is an error. Then put the line
    // `extend::set_ulimits(&run.ulimit)?;` where it belongs in stage.rs. Read: setrlimit(2), getrlimit(2).
    // The page: book/src/ch01-process.md. A hint: cargo run -p exercises -- hint 1.5
    not_written!("1.5")
}

/// `--domainname NAME`, as in Docker: the other name in the UTS namespace.
pub fn set_domainname(name: Option<&str>) -> Result<()> {
    // Exercise 2.3: The other name.
    // Extend: `--domainname NAME`, as in Docker: the NIS domain name lives in the UTS namespace, too.
    // Then put the line `extend::set_domainname(run.domainname.as_deref())?;` where it belongs in
    // stage.rs. Read: setdomainname(2).
    // The page: book/src/ch02-hostname.md. A hint: cargo run -p exercises -- hint 2.3
    not_written!("2.3")
}

/// `--pid-file FILE`, as in runc: the number of the command, as the host sees it.
pub fn write_pid_file(file: Option<&Path>, command: Pid) -> Result<()> {
    // Exercise 3.3: The number outside.
    // Extend: `--pid-file FILE`, as in runc: write the number that the *host* has for the command.
    // Then put the line `extend::write_pid_file(run.pid_file.as_deref(), container.pid)?;` where it
    // belongs in stage.rs. Read: pid_namespaces(7), clone(2) on what it returns.
    // The page: book/src/ch03-pid-namespace.md. A hint: cargo run -p exercises -- hint 3.3
    not_written!("3.3")
}

/// `--tmpfs DIR`, as in Docker: an empty file system in memory, without set-user-ID programs, devices
/// and programs.
pub fn mount_tmpfs(places: &[PathBuf]) -> Result<()> {
    // Exercise 4.3: An empty place.
    // Extend: `--tmpfs DIR`, as in Docker: an empty file system in memory over DIR, without
    // set-user-ID programs, devices and programs. Then put the line `extend::mount_tmpfs(&run.tmpfs)?;`
    // where it belongs in stage.rs. Read: tmpfs(5), mount(2).
    // The page: book/src/ch04-mount-namespace.md. A hint: cargo run -p exercises -- hint 4.3
    not_written!("4.3")
}
