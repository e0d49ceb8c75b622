//! Stage 12: a command that may not ask the kernel for everything.

use std::{convert::Infallible, ffi::OsString, path::PathBuf, process::ExitCode};

use sys::{Result, WaitStatus};

use crate::{
    bridge, capabilities, cgroup, cgroup_namespace, cgroupfs, cpu, delegation, devices, environment, extend,
    hostname, janitor, layers, masks, memory, mounts, nat, network, no_new_privs, own_program, pid_namespace,
    pids, process,
    protocol::{Channel, Message},
    refusals, rootfs, seccomp, signals, sysfs, user, user_namespace, volumes,
};

/// The flags of `run`.
#[derive(clap::Args)]
pub struct Run {
    /// Hostname of the container
    #[arg(long, value_name = "NAME", default_value = "minicontainer")]
    hostname: String,

    /// Domain name of the container
    #[arg(long, value_name = "NAME")]
    domainname: Option<String>,

    /// How many files may be open: nofile=NUMBER
    #[arg(long, value_name = "NAME=NUMBER")]
    ulimit: Vec<String>,

    /// Write the PID of the command, as seen from outside, to this file
    #[arg(long, value_name = "FILE")]
    pid_file: Option<PathBuf>,

    /// Options for /proc, such as subset=pid
    #[arg(long, value_name = "OPTIONS")]
    proc_opts: Option<String>,

    /// Set a parameter of the container's network, such as net.ipv4.ip_default_ttl=42
    #[arg(long, value_name = "NAME=VALUE")]
    sysctl: Vec<String>,

    /// What memory the kernel should leave to the container when the machine is short of it, such as 32m
    #[arg(long, value_name = "BYTES")]
    memory_reservation: Option<memory::Bytes>,

    /// Say what has changed in the root, with --upper
    #[arg(long)]
    diff: bool,

    /// Give the container a device of the host's, such as /dev/fuse
    #[arg(long, value_name = "DEVICE")]
    device: Vec<PathBuf>,

    /// Let the command have the caller's number inside as well
    #[arg(long)]
    keep_id: bool,

    /// Let the kernel give root nothing for being root
    #[arg(long)]
    noroot: bool,

    /// Refuse these system calls, such as mount,unshare
    #[arg(long, value_name = "CALL", value_delimiter = ',')]
    block: Vec<String>,

    /// Network of the container
    #[arg(long, value_name = "KIND", default_value = "none")]
    network: network::Network,

    /// Lead a port of the host to one of the container, such as 8080:80 (with --network bridge)
    #[arg(short, long, value_name = "[ADDRESS:]PORT:PORT[/udp]")]
    publish: Vec<nat::Publish>,

    /// Limit of memory and swap together, such as 64m
    #[arg(short, long, value_name = "BYTES")]
    memory: Option<memory::Bytes>,

    /// Limit of processes and threads, such as 100; -1 for none
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    pids_limit: Option<pids::Limit>,

    /// Limit of processor time, such as 0.5
    #[arg(long, value_name = "NUMBER")]
    cpus: Option<cpu::Cpus>,

    /// Share of the processor while others want it too; 1024 is usual
    #[arg(short, long, value_name = "NUMBER")]
    cpu_shares: Option<cpu::Shares>,

    /// Root of the container, a directory with the files of a system [default: the host's /usr and little else]
    #[arg(long, value_name = "DIR")]
    rootfs: Option<PathBuf>,

    /// Lay a directory over the root, read-only; the last one is the topmost
    #[arg(long, value_name = "DIR")]
    layer: Vec<PathBuf>,

    /// Keep what is written to the root in DIR/upper, instead of in memory
    #[arg(long, value_name = "DIR")]
    upper: Option<PathBuf>,

    /// Let nobody write to the root
    #[arg(long)]
    read_only: bool,

    /// Share a directory or file of the host, such as ./data:/data:ro
    #[arg(short, long, value_name = "SRC:DST[:ro]")]
    volume: Vec<volumes::Volume>,

    /// Mount an empty file system in memory
    #[arg(long, value_name = "DIR")]
    tmpfs: Vec<volumes::Destination>,

    /// User namespace of the container [default: private, but host for root]
    #[arg(long, value_name = "KIND")]
    userns: Option<user_namespace::Userns>,

    /// Who the command is inside, such as 1000 or 1000:1000
    #[arg(short, long, value_name = "UID[:GID]")]
    user: Option<user::User>,

    /// Give the command one more capability, such as NET_ADMIN, or ALL
    #[arg(long, value_name = "CAPABILITY")]
    cap_add: Vec<capabilities::Named>,

    /// Take one away, such as CHOWN, or ALL
    #[arg(long, value_name = "CAPABILITY")]
    cap_drop: Vec<capabilities::Named>,

    /// Filter of system calls, seccomp=FILE or seccomp=unconfined [default: our own profile]
    #[arg(long, value_name = "OPTION")]
    security_opt: Vec<seccomp::SecurityOpt>,

    /// Say which system calls the filter refuses
    #[arg(long)]
    report_refusals: bool,

    #[command(flatten)]
    process: cli::Process,
}

/// The program of this stage: parse `arguments`, run, and answer with the exit code.
pub fn main(arguments: Vec<OsString>) -> ExitCode {
    cli::stage("exercises", arguments, parent)
}

/// The parent: the runtime, outside.
pub fn parent(run: &Run) -> Result<WaitStatus> {
    own_program::make_read_only()?; // or a command called /proc/self/exe could change it
    delegation::ask_systemd()?; // behind the scenes: an ordinary user has no groups of his own
    let _janitor = janitor::hire(&[
        // what the kernel will not take back by itself
        bridge::remove_if_unused,
        cgroup::remove,
    ])?;
    let group = cgroup::create()?;
    cpu::set_shares(&group, run.cpu_shares)?; // and as much as the others of what they ask for too
    let namespaces = [
        // what the child is born into
        user_namespace::namespace(run.userns)?, // the kernel makes it first, and the others belong to it
    ];
    let mut container = process::clone(&namespaces, |parent| child(run, parent))?;
    let signals = signals::keep()?; // after clone, or the child would block them too
    let address = bridge::connect(run.network, container.pid)?; // one end of the cable is on the host
    let _rules = nat::open_ways(address, &run.publish)?; // dropped with us, or lost with us
    container.channel.tell(&Message::Proceed)?; // all that only we can do is done
    refusals::report(run.report_refusals, &mut container.channel)?; // before the end, or nobody answers the child
    container.channel.expect_end()?; // execve closed the child's end: the command runs
    let status = signals::forward_until_exit(&signals, container)?;
    memory::tell_of_kills(&group, status)?; // 137 alone does not say who it was
    Ok(status)
}

/// The child: it makes its surroundings, then becomes the command. The order is the lesson.
fn child(run: &Run, parent: &mut Channel) -> Result<Infallible> {
    parent.expect(&Message::Proceed)?;
    let capabilities = capabilities::choose(&run.cap_add, &run.cap_drop)?; // of those that we were born with
    let filter = seccomp::compile(&run.security_opt, &capabilities.names())?; // while the caller's files are there
    process::change_directory(&run.process.workdir)?;
    let environment = environment::clean(&run.process.env); // or it inherits the caller's secrets
    process::exec(&run.process.command(), &environment)
}
