//! Cgroup namespace: the container sees its own groups as the top of each tree.
//!
//! Runs in: child. After `Proceed`: the parent has put us into our groups, and what we are in at this call is
//! what becomes the top. With a flag at clone, as for the other namespaces, it would be the caller's groups.
//! Kernel: `cgroup_namespaces(7)`.
//! See it: `cat /proc/self/cgroup`, inside and outside.

use sys::{CloneFlags, Result};

/// Leave the namespace that we were born into.
pub fn unshare() -> Result<()> {
    // Exercise 7.3: The top is where it is.
    // Leave the cgroup namespace in which the process was born.
    // Then put the line `cgroup_namespace::unshare()?;` where it belongs in stage.rs.
    // Read: cgroup_namespaces(7): which groups become the top, and when?
    // The page: book/src/ch07-pids-and-cpu.md. A hint: cargo run -p exercises -- hint 7.3
    not_written!("7.3")
}
