//! The processes of the fence from its gate inwards: gatekeeper, mason, judge.

use std::{convert::Infallible, io, os::fd::OwnedFd, process::ExitCode};

use sys::{CloneFlags, ForkResult, Gid, Pid, Resource, Result, Signal, Uid, WaitPidFlag, WaitStatus};

use super::{Order, User, walls};
use crate::{FENCE, Scene, scene::Stop, verdict::Answer};

/// Exit code of gatekeeper, mason and judge when there is an answer.
pub(super) const ANSWERED: u8 = 0;
/// When the subject was not even started. With any other the judge did not survive it.
pub(super) const NOT_BUILT: u8 = 1;
const KILLED: u8 = 2;

/// Limits of what one process in the fence may have, and how many there may be.
const LIMITS: &[(Resource, u64)] = &[
    (Resource::RLIMIT_CORE, 0),
    (Resource::RLIMIT_NPROC, 512), // counted in the fence's user namespace alone
    (Resource::RLIMIT_NOFILE, 1024),
];
/// And how much memory, but for runc and Podman: a Go program reserves more than it uses.
const MEMORY: (Resource, u64) = (Resource::RLIMIT_AS, 768 << 20);

/// The namespaces of every fence.
const NAMESPACES: CloneFlags = CloneFlags::CLONE_NEWPID
    .union(CloneFlags::CLONE_NEWNS)
    .union(CloneFlags::CLONE_NEWUTS)
    .union(CloneFlags::CLONE_NEWIPC)
    .union(CloneFlags::CLONE_NEWNET);

/// As much of what a subject prints as goes into an answer: 64 KiB.
const MOST_ANSWERED: usize = 1 << 16;
/// The gatekeeper's `main`.
pub(crate) fn main(arguments: &[String]) -> ExitCode {
    let order = arguments.first().and_then(|order| serde_json::from_str::<Order>(order).ok());
    let Some(order) = order else {
        eprintln!("{FENCE} is how the checks start themselves again; it is of no use by hand");
        return ExitCode::FAILURE;
    };
    ExitCode::from(or_not_built(keep_gate(&order)))
}

fn or_not_built(code: Result<u8>) -> u8 {
    code.unwrap_or_else(|error| {
        eprintln!("{error}");
        NOT_BUILT
    })
}

fn keep_gate(order: &Order) -> Result<u8> {
    sys::prctl_set_pdeathsig(Signal::SIGKILL)?; // no fence outlives its suite
    for door in &order.doors {
        sys::write(door, "0")?;
    }
    sys::write("/proc/self/oom_score_adj", "1000")?; // where there is no cage: take us before anything else
    if User::current() == User::Ordinary {
        let (uid, gid) = (Uid::effective(), Gid::effective());
        sys::unshare(CloneFlags::CLONE_NEWUSER)?;
        sys::write("/proc/self/setgroups", "deny")?;
        sys::write("/proc/self/uid_map", &format!("{uid} {uid} 1"))?;
        sys::write("/proc/self/gid_map", &format!("{gid} {gid} 1"))?;
    }
    let memory = Some(MEMORY).filter(|_| !order.subject.needs_real_root());
    for (resource, limit) in LIMITS.iter().copied().chain(memory) {
        let (_, hard) = nix::sys::resource::getrlimit(resource).map_err(io::Error::from)?;
        sys::setrlimit(resource, hard.min(limit))?;
    }
    if !order.mason {
        return enclose(order);
    }
    match sys::clone3(CloneFlags::CLONE_NEWPID | CloneFlags::CLONE_NEWNS)? {
        ForkResult::Child => sys::exit_now(or_not_built(lay_bricks(order))),
        ForkResult::Parent { child } => wait(child),
    }
}

/// The mason. In a PID namespace of its own, or below the fence's /proc there would be the host's.
fn lay_bricks(order: &Order) -> Result<u8> {
    sys::prctl_set_pdeathsig(Signal::SIGKILL)?;
    walls::close_off()?;
    walls::open_ways(&order.subject, &order.folder)?;
    walls::open_groups(&order.groups)?;
    enclose(order)
}

/// Start the judge and wait for its end.
fn enclose(order: &Order) -> Result<u8> {
    let new_user = if order.mason { CloneFlags::CLONE_NEWUSER } else { CloneFlags::empty() };
    let (gate, judges_gate) = sys::socketpair()?;
    match sys::clone3(NAMESPACES | new_user)? {
        ForkResult::Child => {
            drop(gate);
            let Err(error) = inside(order, &judges_gate);
            eprintln!("{error}");
            sys::exit_now(NOT_BUILT)
        }
        ForkResult::Parent { child } => {
            drop(judges_gate);
            if order.mason {
                walls::map_ids(child)?;
            }
            sys::send(&gate, b"open")?;
            wait(child)
        }
    }
}

fn wait(child: Pid) -> Result<u8> {
    match sys::waitpid(child, WaitPidFlag::empty())? {
        WaitStatus::Exited(_, code) => Ok(u8::try_from(code).unwrap_or(KILLED)),
        status => {
            eprintln!("the judge was killed: {status:?}");
            Ok(KILLED)
        }
    }
}

/// PID 1 of the fence.
fn inside(order: &Order, gate: &OwnedFd) -> Result<Infallible> {
    sys::prctl_set_pdeathsig(Signal::SIGKILL)?;
    if sys::receive(gate)?.0.is_empty() {
        return Err(sys::Error::new("the gatekeeper is gone".to_owned()));
    }
    if order.mason {
        walls::become_root()?;
        sys::prctl_set_pdeathsig(Signal::SIGKILL)?; // whoever changes its user loses it: prctl(2)
    } else {
        walls::close_off()?;
        walls::open_groups(&order.groups)?;
    }
    walls::furnish(&order.subject, &order.folder)?;
    sys::setsid()?; // or kill(0) inside would reach the suite, and its terminal would be ours

    let mut scene = Scene::new(&order.subject, &order.folder, &order.host_pid_namespace, &order.groups);
    scene.ordinary = order.job.is_by_ordinary_user();
    let answer = order.job.run(&scene).unwrap_or_else(|stop| match stop {
        Stop::CouldNotRun(reason) => Answer::CouldNotRun(reason),
        Stop::DoesNotApply(reason) => Answer::DoesNotApply(reason),
        Stop::Failed(what) => Answer::Observed(shorten(what)),
    });
    println!("{}", serde_json::to_string(&answer).map_err(|error| sys::Error::new(error.to_string()))?);
    sys::exit_now(ANSWERED)
}

/// The beginning of a text that some subject may have printed without end.
fn shorten(text: String) -> String {
    match text.as_bytes().get(..MOST_ANSWERED) {
        None => text,
        Some(beginning) => {
            let more = text.len() - MOST_ANSWERED;
            format!("{}\n... and {more} bytes more", String::from_utf8_lossy(beginning))
        }
    }
}
