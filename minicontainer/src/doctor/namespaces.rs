//! Namespaces: whether root and an ordinary user may create each of the eight kinds.
//!
//! namespaces(7): every kind but the user namespace takes `CAP_SYS_ADMIN`. An ordinary user creates a
//! user namespace first and has that capability inside, `user_namespaces(7)`.

use ch05::network::Network;
use sys::{CloneFlags, Error, ForkResult, Gid, Result, Uid, WaitPidFlag};

use super::{
    attempt::attempt,
    restrictions::Restrictions,
    row::Row,
    users::{Called, Users, inside, is_pid_1},
};

/// One row for each kind.
pub fn rows(users: &Users, restrictions: &Restrictions) -> Vec<Row> {
    let plain = |id, about, flag, called, work: fn() -> Result<()>| {
        users.row(id, about, |kind, error| restrictions.remedy(kind, error), |_| inside(flag, called, work))
    };
    let own = |id, about, work: fn() -> Result<Called>| {
        users.row(id, about, |kind, error| restrictions.remedy(kind, error), |_| work())
    };
    vec![
        own("ns.user", "root inside, an ordinary user outside", user),
        plain("ns.uts", "a hostname of its own", CloneFlags::CLONE_NEWUTS, NAME, || {
            sys::sethostname("doctor")
        }),
        plain("ns.ipc", "shared memory and message queues of its own", CloneFlags::CLONE_NEWIPC, "", nothing),
        plain("ns.pid", "the first process is PID 1", CloneFlags::CLONE_NEWPID, "getpid", || {
            if is_pid_1() { Ok(()) } else { Err(Error::new("the child is not PID 1")) }
        }),
        plain("ns.mnt", "private mounts", CloneFlags::CLONE_NEWNS, PRIVATE, ch04::mounts::make_private),
        plain("ns.net", "network interfaces of its own", CloneFlags::CLONE_NEWNET, "", nothing),
        plain("veth", "a cable from a bridge to a container", CloneFlags::CLONE_NEWNET, CABLE, cable),
        plain("ns.cgroup", "its own view of the control groups", CloneFlags::CLONE_NEWCGROUP, "", nothing),
        own("ns.time", "clocks of its own (no chapter needs it)", time),
    ]
}

const NAME: &str = "sethostname(\"doctor\")";
const PRIVATE: &str = "mount(MS_REC|MS_PRIVATE)";

const CABLE: &str = "a bridge, a veth pair, an address";

/// As chapter 5 does it, from a network namespace that plays the host to one that plays the container.
fn cable() -> Result<()> {
    let (ours, theirs) = sys::socketpair()?;
    match sys::clone3(CloneFlags::CLONE_NEWNET)? {
        ForkResult::Child => {
            drop(ours);
            sys::receive(&theirs).ok(); // whatever comes, or the end: it is time to go
            sys::exit_now(0)
        }
        ForkResult::Parent { child } => {
            let laid = ch05::bridge::connect(Network::Bridge, child);
            drop(ours);
            sys::waitpid(child, WaitPidFlag::empty())?;
            laid.map(drop)
        }
    }
}

/// To be born into the namespace is all there is to try.
#[expect(clippy::unnecessary_wraps, reason = "it stands where work that can fail stands elsewhere")]
fn nothing() -> Result<()> {
    Ok(())
}

/// Create one and map ourselves to its root. The mapping belongs to the try: where `apparmor(7)` restricts
/// user namespaces, creating one works and using it does not.
fn user() -> Result<Called> {
    let (uid, gid) = (Uid::effective(), Gid::effective()); // afterwards both read as nobody
    sys::unshare(CloneFlags::CLONE_NEWUSER)?;
    sys::write("/proc/self/setgroups", "deny")?;
    sys::write("/proc/self/uid_map", &format!("0 {uid} 1"))?;
    sys::write("/proc/self/gid_map", &format!("0 {gid} 1"))?;
    Ok(format!("unshare(CLONE_NEWUSER), uid_map \"0 {uid} 1\"").into())
}

/// This kind is entered by children only, as the PID namespace is.
fn time() -> Result<Called> {
    inside(CloneFlags::empty(), "unshare(CLONE_NEWTIME)", || {
        sys::unshare_time()?;
        attempt(sys::fork, nothing)
    })
}
