//! PID namespace: process numbers of its own, beginning at 1.
//!
//! Runs in: parent, as a flag of clone. Before: everything, a process cannot change its own number.
//! Kernel: pid_namespaces(7), clone(2).
//! See it: `echo $$` inside, and `grep NSpid /proc/PID/status` outside.

use sys::CloneFlags;

/// What the child is born into. It must be *born* into it: `unshare(2)` with this flag moves only the
/// children that come later, because a process keeps its number for life.
///
/// The child is PID 1 there. When it ends, the kernel kills everything that is left in the namespace:
/// that, and not a clean-up script, is why a container leaves no process behind.
// Exercise 3.1: The command is PID 1.
// Which flag of clone(2) lets the child be born as PID 1?
// Then put the line `pid_namespace::NAMESPACE,` where it belongs in stage.rs.
// Read: pid_namespaces(7).
// The page: book/src/ch03-pid-namespace.md. A hint: cargo run -p exercises -- hint 3.1
pub const NAMESPACE: CloneFlags = not_written!("3.1", CloneFlags::empty());
