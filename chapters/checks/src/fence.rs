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
//! | gatekeeper | outside | joins the cage, sets limits, clones the next one |
//! | mason, for root only | between | builds the walls that nobody inside can take down |
//! | PID 1, the judge | inside | furnishes the fence, runs one check or attack, prints the answer |
//!
//! The fence of an ordinary user maps that user to itself, not to root: the judge has capabilities because
//! the gatekeeper made the user namespace, and what it starts has none, exactly as on the host.
//!
//! The fence of root maps root to a user that owns nothing on this machine. It is root towards all that
//! belongs to the fence, and a stranger to the host's files, settings, devices and control groups, but for the
//! groups of the cage, in which it may make groups as a user may to whom one was delegated. The mason
//! made the walls before that user namespace was there, so they cannot be opened from within
//! (mount_namespaces(7), "restrictions on mount namespaces"). Only runc, crun and Podman, which are
//! nobody's homework, are the host's own root in their fence: they need its control groups.
//!
//! Some attacks take the host's real root ([`Needs::RealRoot`](crate::Needs)): they open what belongs to it. For
//! these the fence of root is built without a mason, as for runc, crun and Podman, and all file systems are read-only but
//! for the folder. Only our own programs are started in such a fence; and these attacks open, and never write.
//!
//! **What is not bounded.** An ordinary user has a cage only where he may make control groups. Elsewhere one
//! process has at most 768 MiB and the fence's folder 256 MiB, but 512 processes, or a tmpfs that a subject
//! mounts for itself, can have more together until the time is up; the kernel's OOM killer then takes the
//! fence first. Processor and disk time are not bounded but by the time limit. The fence keeps accidents in,
//! and mischief as far as the kernel has no bugs: it shares the kernel with the host.

mod gate;
pub(crate) mod walls;

use std::{
    io::{self, Read},
    path::PathBuf,
    process::{Command, ExitStatus, Stdio},
    sync::{
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};
use sys::{Result, Uid};

use crate::{
    FENCE, Subject,
    cage::Cage,
    verdict::{Answer, Job},
};
pub(crate) use gate::main;

/// How many milliseconds one check may take. A healthy one takes a few hundredths of a second.
static TIME_LIMIT: AtomicU64 = AtomicU64::new(20_000);

/// Give checks another time limit, in tests of subjects that never end. It is the suite's: a subject has
/// no part in it.
#[cfg(feature = "harness")]
pub fn set_time_limit(limit: Duration) {
    TIME_LIMIT.store(limit.as_millis().try_into().unwrap_or(u64::MAX), Ordering::Relaxed);
}

/// How the observation of a check begins that did not end in time.
pub const NO_END: &str = "no end within";

/// How the names of the folders and control groups of all fences begin.
pub(crate) const PREFIX: &str = "minicontainer-fence-";

/// As much as anybody reads of what a subject prints: 1 MiB.
const MOST_READ: u64 = 1 << 20;
/// How long to wait for the last words of a fence that has ended.
const PATIENCE: Duration = Duration::from_secs(5);

/// Everything that the fence must know, handed over on its command line.
#[derive(Serialize, Deserialize)]
struct Order {
    job: Job,
    subject: Subject,
    folder: PathBuf,
    doors: Vec<PathBuf>,
    /// Control groups in which subjects may make groups.
    groups: Vec<PathBuf>,
    /// Whether subjects are root, and not to be trusted with it.
    mason: bool,
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
    let real_root = job.needs_real_root() && User::current() == User::Root;
    if let Some(reason) = Some(subject).filter(|_| real_root).and_then(not_as_real_root) {
        return Answer::DoesNotApply(reason.to_owned());
    }
    match try_run(job, subject, real_root) {
        Ok(answer) => answer,
        Err(error) => Answer::CouldNotRun(format!("the fence cannot be built: {error}")),
    }
}

/// Why `subject` is not tried as the host's real root, if it is not.
fn not_as_real_root(subject: &Subject) -> Option<&'static str> {
    if !subject.is_trusted() {
        return Some("it takes the host's real root, and is only tried on the course's own programs");
    }
    // Where the map cannot be read, this root is not to be relied on either.
    let whole = sys::read("/proc/self/uid_map").is_ok_and(|map| walls::is_whole(&map));
    (!whole).then_some("it takes the host's real root, and this is the root of a user namespace")
}

fn try_run(job: &Job, subject: &Subject, real_root: bool) -> Result<Answer> {
    // With our number in its name, so that whatever is left of it tells whose it was.
    let folder = tempfile::Builder::new().prefix(&format!("{PREFIX}{}-", std::process::id())).tempdir()?;
    let mason = User::current() == User::Root && !real_root && !subject.needs_real_root();
    let cage =
        Cage::build(folder.path(), if mason { walls::root_inside()? } else { Uid::effective().as_raw() });
    let order = Order {
        job: job.clone(),
        subject: subject.clone(),
        folder: folder.path().to_owned(),
        doors: cage.doors(),
        groups: cage.rooms().to_owned(),
        mason,
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
    let time_limit = Duration::from_millis(TIME_LIMIT.load(Ordering::Relaxed));
    let in_time = wait_until(Instant::now() + time_limit, || Ok(gatekeeper.try_wait()?.is_some()))?;
    if !in_time {
        gatekeeper.kill()?; // its child, PID 1 of the fence, dies with it, and the kernel ends the rest
        gatekeeper.wait()?;
    }
    // Whoever still holds a pipe is about to die; nobody waits for him.
    let said = |pipe: mpsc::Receiver<String>| pipe.recv_timeout(PATIENCE).unwrap_or_default();
    let (stdout, stderr) = (said(stdout), said(stderr));
    let status = gatekeeper.wait()?;
    drop(cage);
    Ok(if in_time {
        understand(status, &stdout, &stderr)
    } else {
        Answer::Observed(format!("{NO_END} {} s", time_limit.as_secs()))
    })
}

/// A fence that cannot be built is not the subject's fault; a judge that dies in one is.
fn understand(status: ExitStatus, stdout: &str, stderr: &str) -> Answer {
    match (status.code().map(u8::try_from), serde_json::from_str(stdout)) {
        (Some(Ok(gate::ANSWERED)), Ok(answer)) => answer,
        (Some(Ok(gate::NOT_BUILT)), _) => Answer::CouldNotRun(format!("the fence said: {stderr}")),
        _ => Answer::Observed(format!("the check broke off: {stderr}")),
    }
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

/// Read a pipe to its end beside everything else, so that neither side waits for the other. What is too
/// much is read and forgotten.
fn read_all(pipe: Option<impl Read + Send + 'static>) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            // What was read before an error is still worth showing.
            pipe.by_ref().take(MOST_READ).read_to_end(&mut bytes).ok();
            io::copy(&mut pipe, &mut io::sink()).ok();
        }
        // The suite may have lost its patience.
        sender.send(String::from_utf8_lossy(&bytes).into_owned()).ok();
    });
    receiver
}
