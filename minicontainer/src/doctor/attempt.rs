//! Trying something out where it can do no harm.

use serde::{Serialize, de::DeserializeOwned};
use sys::{Error, ForkResult, Result, Signal, WaitPidFlag, WaitStatus};

/// After so many seconds an attempt is given up. Each takes a few milliseconds.
const PATIENCE: u32 = 5;

/// Do `work` in a child that `fork` makes, and bring back what came of it.
///
/// **The trick** is called the *canary*: whatever the attempt does to its process, another user,
/// other namespaces, mounts, a seccomp filter, ends with the child, and this process stays as it was.
/// The outcome comes back whole through a socket, an error with its strace line.
pub fn attempt<T: Serialize + DeserializeOwned>(
    fork: impl FnOnce() -> Result<ForkResult>,
    work: impl FnOnce() -> Result<T>,
) -> Result<T> {
    let (ours, theirs) = sys::socketpair()?;
    match fork()? {
        ForkResult::Child => {
            drop(ours);
            let outcome = calmly().and_then(|()| work());
            // A parent that was killed meanwhile wants no answer; the work has cleaned up by now.
            sys::send(&theirs, &serde_json::to_vec(&outcome).unwrap_or_default()).ok();
            sys::exit_now(0)
        }
        ForkResult::Parent { child } => {
            drop(theirs); // or a child that dies would not be an end of file
            let packet = sys::receive(&ours);
            let status = sys::waitpid(child, WaitPidFlag::empty())?;
            let packet = packet?.0;
            serde_json::from_slice(&packet).unwrap_or_else(|_| Err(Error::new(last_words(status))))
        }
    }
}

/// The alarm bounds every attempt; Ctrl-C and its like end the doctor, but wait in here until the
/// attempt has cleaned up after itself.
fn calmly() -> Result<()> {
    sys::sigmask_set(&[Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP, Signal::SIGQUIT])?;
    sys::alarm(PATIENCE)
}

/// What became of a child that gave no answer.
fn last_words(status: WaitStatus) -> String {
    match status {
        WaitStatus::Signaled(_, Signal::SIGALRM, _) => format!("no answer after {PATIENCE} seconds"),
        WaitStatus::Signaled(_, Signal::SIGSYS, _) => {
            "the child that tried it was killed by SIGSYS: a seccomp filter forbids the call".into()
        }
        WaitStatus::Signaled(_, signal, _) => format!("the child that tried it was killed by {signal}"),
        _ => "the child that tried it ended without an answer".into(),
    }
}

#[cfg(test)]
mod tests {
    use sys::Pid;

    use super::*;

    #[test]
    fn a_silent_child_is_explained() {
        let killed = |signal| last_words(WaitStatus::Signaled(Pid::from_raw(1), signal, false));
        assert!(killed(Signal::SIGSYS).contains("seccomp"));
        assert!(killed(Signal::SIGALRM).contains("5 seconds"));
        assert!(last_words(WaitStatus::Exited(Pid::from_raw(1), 0)).contains("without an answer"));
    }
}
