//! Hostname: the UTS namespace, and the IPC namespace beside it.
//!
//! Runs in: child. After: `Proceed`. Before: it loses CAP_SYS_ADMIN (chapter 11).
//! Kernel: uts_namespaces(7), ipc_namespaces(7), sethostname(2).
//! See it: `hostname`, `ipcs` and `ls -l /proc/self/ns`, inside and outside.

use sys::{CloneFlags, Result};

/// What the child is born into: a hostname of its own, and System V IPC and POSIX message queues of
/// its own. A runtime always asks for both; they cost nothing and guard different doors.
// Exercise 2.1: Namespaces for name and IPC.
// Which flags of clone(2) give the child a hostname and System V IPC of its own?
// Then put the line `hostname::NAMESPACES,` where it belongs in stage.rs.
// Read: uts_namespaces(7), ipc_namespaces(7).
// The page: book/src/ch02-hostname.md. A hint: cargo run -p exercises -- hint 2.1
pub const NAMESPACES: CloneFlags = not_written!("2.1", CloneFlags::empty());

/// Give the namespace its name. Outside of a namespace of our own this would rename the machine.
pub fn set(name: &str) -> Result<()> {
    // Exercise 2.2: Name the container.
    // Give the UTS namespace its name.
    // Then put the line `hostname::set(&run.hostname)?;` where it belongs in stage.rs.
    // Read: sethostname(2).
    // The page: book/src/ch02-hostname.md. A hint: cargo run -p exercises -- hint 2.2
    not_written!("2.2")
}
