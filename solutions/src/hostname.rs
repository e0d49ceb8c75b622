//! Hostname: the UTS namespace, and the IPC namespace beside it.
//!
//! Runs in: child. After: `Proceed`. Before: it loses CAP_SYS_ADMIN (chapter 11).
//! Kernel: uts_namespaces(7), ipc_namespaces(7), sethostname(2).
//! See it: `hostname`, `ipcs` and `ls -l /proc/self/ns`, inside and outside.

use sys::{CloneFlags, Result};

/// What the child is born into: a hostname of its own, and System V IPC and POSIX message queues of
/// its own. A runtime always asks for both; they cost nothing and guard different doors.
pub const NAMESPACES: CloneFlags = CloneFlags::CLONE_NEWUTS.union(CloneFlags::CLONE_NEWIPC);

/// Give the namespace its name. Outside of a namespace of our own this would rename the machine.
pub fn set(name: &str) -> Result<()> {
    sys::sethostname(name)
}
