//! The janitor: removes what the kernel will not take back by itself.
//!
//! Runs in: parent. Before: anything is made that needs it. Kernel: fork(2), unix(7).
//! See it: `ps ax | grep minicontainer`, outside.
//!
//! Namespaces, and what lives in them, end with the last process that holds them, however it ends. A bridge on
//! the host does not, nor does a control group.
//!
//! **The trick** is called the *janitor*: a process that is forked before anything is made, and waits on a
//! socket whose other end only the runtime has. Its end of file means that the runtime is gone, by itself or by
//! SIGKILL: then the janitor does its chores, and ends. Engines have one too (conmon, containerd-shim).

use std::{
    os::fd::OwnedFd,
    time::{Duration, Instant},
};

use sys::{Errno, ForkResult, Pid, Result, Signal, WaitPidFlag};

/// Something to remove, whose name follows from the number of the runtime. An error but ENOENT means: not yet, and it
/// is called again for a while. A dying container leaves its groups and cables a moment later.
pub type Chore = fn(runtime: Pid) -> Result<()>;

/// How long a chore is tried. The kernel needs milliseconds.
const PATIENCE: Duration = Duration::from_secs(10);

/// A janitor who waits for our end. Dropped, he is told of it, and waited for.
#[derive(Debug)]
pub struct Janitor {
    pid: Pid,
    ours: Option<OwnedFd>,
}

/// Have one for these chores. He does the last one first.
pub fn hire(chores: &[Chore]) -> Result<Janitor> {
    let runtime = Pid::this();
    let (ours, theirs) = sys::socketpair()?;
    match sys::fork()? {
        ForkResult::Parent { child: pid } => Ok(Janitor { pid, ours: Some(ours) }),
        ForkResult::Child => {
            sys::explain::silence(); // or his calls would look like the container's
            drop(ours); // or he would wait for himself
            let result = work(&theirs, runtime, chores);
            if let Err(error) = &result {
                eprintln!("the janitor of {runtime}: {error}");
            }
            sys::exit_now(u8::from(result.is_err()))
        }
    }
}

impl Drop for Janitor {
    fn drop(&mut self) {
        drop(self.ours.take());
        // It cannot fail for a child of ours that nobody has reaped; what he could not do he has said himself.
        sys::waitpid(self.pid, WaitPidFlag::empty()).ok();
    }
}

/// Wait for the runtime's end, then clean up. Even what goes wrong with one chore leaves the others to do.
fn work(theirs: &OwnedFd, runtime: Pid, chores: &[Chore]) -> Result<()> {
    sys::setsid()?; // a Ctrl-C means the runtime and its command
    let all: Vec<Signal> = Signal::iterator().collect();
    sys::sigmask_set(&all)?; // and whoever ends everything that can be asked to end, ends the runtime too
    sys::receive(theirs)?;
    chores.iter().rev().map(|chore| insist(*chore, runtime)).fold(Ok(()), Result::and)
}

fn insist(chore: Chore, runtime: Pid) -> Result<()> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match chore(runtime) {
            // A file that is not there does not come by waiting: somebody has covered /proc.
            Err(error) if error.errno() == Some(Errno::ENOENT) => return Err(error),
            Err(_) if Instant::now() < deadline => std::thread::sleep(Duration::from_millis(2)),
            done => return done,
        }
    }
}

#[cfg(test)]
mod tests {
    use sys::Error;

    use super::*;

    fn file(runtime: Pid) -> std::path::PathBuf {
        std::env::temp_dir().join(format!("minicontainer-janitor-{runtime}"))
    }

    fn remove(runtime: Pid) -> Result<()> {
        Ok(fs_err::remove_file(file(runtime))?)
    }

    #[test]
    fn what_was_made_is_gone_when_the_janitor_is() {
        let janitor = hire(&[remove]).unwrap();
        fs_err::write(file(Pid::this()), "").unwrap();
        drop(janitor);
        assert!(!file(Pid::this()).exists());
    }

    #[test]
    fn what_is_not_there_is_not_waited_for() {
        let began = Instant::now();
        insist(|_| Err(Error::from(std::io::Error::from_raw_os_error(Errno::ENOENT as i32))), Pid::this())
            .unwrap_err();
        assert!(began.elapsed() < PATIENCE / 2);
    }
}
