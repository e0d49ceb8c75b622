//! The fence: the outer namespaces inside which every subject runs.
//!
//! A student's half-finished runtime may forget to make its mounts private, rename the host or kill the
//! wrong process. Inside the fence it may: the fence has its own PID, mount, UTS, IPC and network
//! namespaces, all its file systems are read-only but for one folder, and it has a time limit. When its
//! PID 1 ends, the kernel ends everything in it.
//!
//! | process | is | does |
//! |---|---|---|
//! | the suite | outside | starts the gatekeeper, kills it when the time is up |
//! | gatekeeper | outside | joins the cage, enters a user namespace if it must, clones |
//! | PID 1 of the fence | inside | builds the walls, runs one check or attack, prints the answer |
//!
//! The fence of an ordinary user maps that user to itself, not to root: PID 1 has capabilities because
//! it made the user namespace, and what it starts has none, exactly as on the host.

use std::{
    convert::Infallible,
    io::Read,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};
use sys::{CloneFlags, ForkResult, Gid, MsFlags, Resource, Result, Signal, Uid, WaitPidFlag, WaitStatus};

use crate::{
    FENCE, Scene, Subject,
    cage::Cage,
    scene::Stop,
    verdict::{Answer, Job},
};

/// How long one check may take. A healthy one takes a few hundredths of a second.
const TIME_LIMIT: Duration = Duration::from_secs(20);

/// How the names of the folders and control groups of all fences begin.
const PREFIX: &str = "minicontainer-fence-";

/// Everything that the fence must know, handed over on its command line.
#[derive(Serialize, Deserialize)]
struct Order {
    job: Job,
    subject: Subject,
    folder: PathBuf,
    doors: Vec<PathBuf>,
    host_pid_namespace: PathBuf,
}

/// Who runs the suite, which decides what may succeed at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum User {
    /// May create namespaces and mount.
    Root,
    /// May create user namespaces, if the machine lets him.
    Ordinary,
}

impl User {
    /// The user who runs this program.
    pub fn current() -> User {
        if Uid::effective().is_root() { User::Root } else { User::Ordinary }
    }
}

/// Build a fence, do `job` on `subject` inside, and bring the answer back.
pub(crate) fn run(job: &Job, subject: &Subject) -> Answer {
    if let Some(reason) = subject.missing() {
        return Answer::CouldNotRun(reason);
    }
    match try_run(job, subject) {
        Ok(answer) => answer,
        Err(error) => Answer::CouldNotRun(format!("the fence cannot be built: {error}")),
    }
}

fn try_run(job: &Job, subject: &Subject) -> Result<Answer> {
    // With our number in its name, so that whatever is left of it tells whose it was.
    let folder = tempfile::Builder::new().prefix(&format!("{PREFIX}{}-", std::process::id())).tempdir()?;
    let cage = Cage::build(folder.path());
    let order = Order {
        job: job.clone(),
        subject: subject.clone(),
        folder: folder.path().to_owned(),
        doors: cage.doors(),
        host_pid_namespace: fs_err::read_link("/proc/self/ns/pid")?,
    };
    let order = serde_json::to_string(&order).map_err(|error| sys::Error::new(error.to_string()))?;
    let mut gatekeeper = Command::new(std::env::current_exe()?)
        .args([FENCE, &order])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let (stdout, stderr) = (read_all(gatekeeper.stdout.take()), read_all(gatekeeper.stderr.take()));
    let in_time = wait_until(Instant::now() + TIME_LIMIT, || Ok(gatekeeper.try_wait()?.is_some()))?;
    if !in_time {
        gatekeeper.kill()?; // its child, PID 1 of the fence, dies with it, and the kernel ends the rest
        gatekeeper.wait()?;
    }
    let (stdout, stderr) = (stdout.join().unwrap_or_default(), stderr.join().unwrap_or_default());
    drop(cage);
    Ok(if in_time {
        serde_json::from_str(&stdout).unwrap_or(Answer::CouldNotRun(format!("the fence said: {stderr}")))
    } else {
        Answer::Observed(format!("no end within {} s", TIME_LIMIT.as_secs()))
    })
}

/// Ask `done` until it says yes or `deadline` has passed; whether it said yes.
pub(crate) fn wait_until(deadline: Instant, mut done: impl FnMut() -> Result<bool>) -> Result<bool> {
    while !done()? {
        if Instant::now() > deadline {
            return Ok(false);
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    Ok(true)
}

/// Read a pipe to its end beside everything else, so that neither side waits for the other.
fn read_all(pipe: Option<impl Read + Send + 'static>) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            // What was read before an error is still worth showing.
            pipe.read_to_end(&mut bytes).ok();
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// The gatekeeper.
pub(crate) fn main(arguments: &[String]) -> ExitCode {
    let order = arguments.first().and_then(|order| serde_json::from_str::<Order>(order).ok());
    let Some(order) = order else {
        eprintln!("{FENCE} is how the checks start themselves again; it is of no use by hand");
        return ExitCode::FAILURE;
    };
    match keep_gate(&order) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn keep_gate(order: &Order) -> Result<()> {
    sys::prctl_set_pdeathsig(Signal::SIGKILL)?; // no fence outlives its suite
    for door in &order.doors {
        sys::write(door, "0")?;
    }
    sys::setrlimit(Resource::RLIMIT_CORE, 0)?;
    if User::current() == User::Ordinary {
        let (uid, gid) = (Uid::effective(), Gid::effective());
        sys::unshare(CloneFlags::CLONE_NEWUSER)?;
        sys::write("/proc/self/setgroups", "deny")?;
        sys::write("/proc/self/uid_map", &format!("{uid} {uid} 1"))?;
        sys::write("/proc/self/gid_map", &format!("{gid} {gid} 1"))?;
        sys::setrlimit(Resource::RLIMIT_NPROC, 512)?; // counted in this user namespace alone
    }
    let walls = CloneFlags::CLONE_NEWPID
        | CloneFlags::CLONE_NEWNS
        | CloneFlags::CLONE_NEWUTS
        | CloneFlags::CLONE_NEWIPC
        | CloneFlags::CLONE_NEWNET;
    match sys::clone3(walls)? {
        ForkResult::Child => {
            let Err(error) = inside(order);
            eprintln!("{error}");
            sys::exit_now(1)
        }
        ForkResult::Parent { child } => match sys::waitpid(child, WaitPidFlag::empty())? {
            WaitStatus::Exited(_, 0) => Ok(()),
            status => Err(sys::Error::new(format!("PID 1 of the fence ended: {status:?}"))),
        },
    }
}

/// PID 1 of the fence.
fn inside(order: &Order) -> Result<Infallible> {
    sys::prctl_set_pdeathsig(Signal::SIGKILL)?;
    build_walls(order)?;
    let scene = Scene::new(&order.subject, &order.folder, &order.host_pid_namespace);
    let answer = order.job.run(&scene).unwrap_or_else(|stop| match stop {
        Stop::CouldNotRun(reason) => Answer::CouldNotRun(reason),
        Stop::Failed(what) => Answer::Observed(what),
    });
    println!("{}", serde_json::to_string(&answer).map_err(|error| sys::Error::new(error.to_string()))?);
    sys::exit_now(0)
}

fn build_walls(order: &Order) -> Result<()> {
    let root = |flags| sys::mount(None, "/", None, MsFlags::MS_REC | flags, None);
    root(MsFlags::MS_PRIVATE)?; // nothing that is mounted inside reaches the host
    sys::mount_setattr_readonly("/", true)?;
    let proc_flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
    sys::mount(Some("proc"), "/proc", Some("proc"), proc_flags, None)?;
    sys::mount(Some("fence"), &order.folder, Some("tmpfs"), MsFlags::empty(), None)?;
    fs_err::set_permissions(&order.folder, PermissionsExt::from_mode(0o755))?;
    if let Subject::Oci { name } = &order.subject {
        make_room_for(name)?;
    }
    // Under systemd all mounts are shared. Inside the fence they are on every machine, so that a stage
    // that forgets to cut itself off is found out on every machine.
    root(MsFlags::MS_SHARED)?;
    sys::sethostname("fence")
}

/// What a real runtime needs of the host beyond what a stage needs.
fn make_room_for(runtime: &str) -> Result<()> {
    let cgroups = Path::new("/sys/fs/cgroup");
    if runtime == "crun" && cgroups.join("unified").exists() {
        // crun 1.8 refuses a machine with both cgroup versions; hide the empty one from it.
        sys::mount(Some("none"), cgroups.join("unified"), Some("tmpfs"), MsFlags::empty(), None)?;
    }
    if User::current() == User::Root && cgroups.exists() {
        sys::mount_setattr_readonly(cgroups, false)?;
    }
    Ok(())
}
