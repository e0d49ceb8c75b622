//! Variations: flags of Docker's and runc's that the chapters do not print.
//!
//! Runs in: child, but `write_pid_file`, `reserve_memory`, `tell_of_refusals` and `tell_changes`, which are the
//! parent's.

use std::{
    collections::BTreeMap,
    os::unix::fs::{FileTypeExt, MetadataExt},
    path::{Path, PathBuf},
};

use libc::sock_filter;
use seccompiler::{BackendError, BpfProgram, SeccompAction, SeccompFilter};
use sys::{CloneFlags, Error, Gid, MsFlags, Pid, Resource, Result, Uid};

use crate::{
    calls::Architecture,
    cgroup::{Controller, Group, Version},
    memory::Bytes,
    root::Root,
};

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

/// `--proc-opts OPTIONS`, as in Podman: mount options for /proc, such as `subset=pid`: no file but those of
/// processes.
pub fn set_proc_options(options: Option<&str>) -> Result<()> {
    // Exercise 4.3: Fewer files in /proc.
    // Extend: `--proc-opts subset=pid`, as in Podman: mount options for /proc. The flags that /proc has
    // already must stay. Then put the line `extend::set_proc_options(run.proc_opts.as_deref())?;`
    // where it belongs in stage.rs. Read: proc(5) on mount options, mount(2) on MS_REMOUNT.
    // The page: book/src/ch04-mount-namespace.md. A hint: cargo run -p exercises -- hint 4.3
    not_written!("4.3")
}

/// `--sysctl NAME=VALUE`, as in Docker: parameters of the network namespace. Others are the whole machine's.
pub fn set_sysctls(settings: &[String]) -> Result<()> {
    // Exercise 5.3: A parameter of the network.
    // Extend: `--sysctl net.ipv4.ip_default_ttl=42`, as in Docker: the file in /proc/sys has the name with
    // slashes. What does not begin with net. is the whole machine's: an error. Then put the line
    // `extend::set_sysctls(&run.sysctl)?;` where it belongs in stage.rs. Read: sysctl(8), proc_sys(5).
    // The page: book/src/ch05-network-namespace.md. A hint: cargo run -p exercises -- hint 5.3
    not_written!("5.3")
}

/// `--memory-reservation BYTES`, as in Docker: so much the kernel takes back last, if the machine is short of it.
pub fn reserve_memory(group: &Group, reservation: Option<Bytes>) -> Result<()> {
    // Exercise 6.3: A reservation.
    // Extend: `--memory-reservation 32m`, as in Docker: so much the kernel leaves to the container when
    // the machine is short of memory. In version 1 memory.soft_limit_in_bytes, in version 2 memory.low.
    // Then put the line `extend::reserve_memory(&group, run.memory_reservation)?;` where it belongs.
    // The page: book/src/ch06-memory.md. A hint: cargo run -p exercises -- hint 6.3
    not_written!("6.3")
}

/// Say on standard error how often a process was refused, after the end: `pids.events` has the count.
pub fn tell_of_refusals(group: &Group) -> Result<()> {
    // Exercise 7.4: Say that somebody was refused.
    // Extend: if the limit of pids was reached, say so on standard error (`cli::tell`), with the word
    // `pids` in it, and say nothing otherwise. `pids.events` has the count. Then put the line
    // `extend::tell_of_refusals(&group)?;` where it belongs in stage.rs.
    // The page: book/src/ch07-pids-and-cpu.md. A hint: cargo run -p exercises -- hint 7.4
    not_written!("7.4")
}

/// `--device DEVICE`, as in Docker: a device of the host's, at the same path.
pub fn bind_devices(root: &Root, devices: &[PathBuf]) -> Result<()> {
    // Exercise 8.4: One device more.
    // Extend: `--device /dev/NAME`, as in Docker: a device of the host's, at the same path inside.
    // Then put the line `extend::bind_devices(&root, &run.device)?;` where it belongs in stage.rs.
    // Read: open_tree(2), move_mount(2), and in root.rs what a Root can do.
    // The page: book/src/ch08-pivot-root.md. A hint: cargo run -p exercises -- hint 8.4
    not_written!("8.4")
}

/// `--diff`, as `docker diff`: what has changed in the root, on standard error. In the upper directory a removed file
/// is a whiteout, the character device 0:0.
pub fn tell_changes(wanted: bool, layers: &[PathBuf], upper: Option<&Path>) -> Result<()> {
    // Exercise 9.3: What has changed.
    // Extend: `--diff` with --upper: after the end, tell (`cli::tell`) what has changed in the root, as `docker diff`:
    // A for what is new, C for what is in a layer as well, D for what was removed; then the path inside. Then put
    // `extend::tell_changes(run.diff, &run.layer, run.upper.as_deref())?;` where it belongs in stage.rs.
    // The page: book/src/ch09-layers.md. A hint: cargo run -p exercises -- hint 9.3
    not_written!("9.3")
}

/// `--keep-id`, as Podman's `--userns keep-id`: the caller's number inside as well, and none of root's power. It is one
/// more user namespace: the one that we are in has given us the power for all that was set up.
pub fn keep_id(wanted: bool) -> Result<()> {
    // Exercise 10.4: One's own number.
    // Extend: `--keep-id`, as Podman's `--userns keep-id`: the command has the caller's numbers inside as well, and none
    // of root's power. One more user namespace does it, made in the child when all is set up. Then put
    // `extend::keep_id(run.keep_id)?;` where it belongs in stage.rs. Read: user_namespaces(7) on nesting.
    // The page: book/src/ch10-user-namespace.md. A hint: cargo run -p exercises -- hint 10.4
    not_written!("10.4")
}

/// Who root inside is outside, by the first line of our own map.
fn outside(map: &str) -> Result<String> {
    let map = sys::read(Path::new("/proc/self").join(map))?;
    map.split_whitespace().nth(1).map(str::to_owned).ok_or_else(|| Error::new("nobody is mapped here"))
}

/// `--noroot`, as systemd's `SecureBits=noroot`: at execve the kernel gives root nothing for being root, whatever the
/// bounding set has. With the lock nobody in there takes it back.
pub fn set_noroot(wanted: bool) -> Result<()> {
    // Exercise 11.4: Root is nobody special.
    // Extend: `--noroot`, as systemd's `SecureBits=noroot`: at an execve the kernel gives root nothing for being root,
    // whatever the bounding set has, and nobody in there can take that back. Then put the line
    // `extend::set_noroot(run.noroot)?;` where it belongs in stage.rs. Read: capabilities(7) on securebits.
    // The page: book/src/ch11-capabilities.md. A hint: cargo run -p exercises -- hint 11.4
    not_written!("11.4")
}

/// `--block CALL,CALL`: a filter beside the other one. The calls with these names answer EPERM, and all others are made.
pub fn block(names: &[String]) -> Result<()> {
    // Exercise 12.3: A blocklist.
    // Extend: `--block mount,unshare` refuses the calls that it names, with EPERM, and no others: a second filter beside
    // the first. A name that the architecture does not have is an error. `load`, below, compiles and loads it.
    // Then put the line `extend::block(&run.block)?;` where it belongs in stage.rs.
    // Read: seccompiler's SeccompFilter::new, and seccomp(2) on several filters.
    // The page: book/src/ch12-seccomp.md. A hint: cargo run -p exercises -- hint 12.3
    not_written!("12.3")
}

/// Compile `filter`, and give it to the kernel.
fn load(filter: Result<SeccompFilter, BackendError>) -> Result<()> {
    let program: BpfProgram =
        filter.and_then(TryInto::try_into).map_err(|error| Error::new(format!("--block: {error}")))?;
    let program: Vec<sock_filter> =
        program.into_iter().map(|i| sock_filter { code: i.code, jt: i.jt, jf: i.jf, k: i.k }).collect();
    sys::seccomp_set_mode_filter(&program)
}
