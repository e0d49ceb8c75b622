//! Mounts: a mount table of its own, cut off from the host's.
//!
//! Runs in: child. After: `Proceed`. Before: anything that is mounted, and `process::change_directory`.
//! Kernel: mount_namespaces(7), mount(2), proc(5).
//! See it: `findmnt -o TARGET,PROPAGATION` and `ps ax`, inside and outside.

use sys::{CloneFlags, MsFlags, Result};

/// What the child is born into: a copy of the host's mount table.
pub const NAMESPACE: CloneFlags = CloneFlags::CLONE_NEWNS;

/// Cut the copy off. Under systemd every mount is *shared*: the copies tell each other what is mounted
/// and unmounted, so without this the host sees every mount below, and we see the host's.
pub fn make_private() -> Result<()> {
    // Exercise 4.1: Mounts of its own.
    // Cut the child's copy of the mount table off from the host's, in both directions, all of it.
    // Then put the lines `mounts::NAMESPACE,` and `mounts::make_private()?;` where they belong in stage.rs.
    // Read: mount_namespaces(7) on propagation, mount(2).
    // The page: book/src/ch04-mount-namespace.md. A hint: cargo run -p exercises -- hint 4.1
    not_written!("4.1")
}

/// Mount a new `/proc` over the old one. A procfs shows the PID namespace of whoever mounted it, for
/// ever; the one that came with the copy still shows the host's processes.
pub fn mount_proc() -> Result<()> {
    // Exercise 4.2: A /proc of its own.
    // Mount a new proc file system over /proc, without set-user-ID programs, devices and programs.
    // Then put the line `mounts::mount_proc()?;` where it belongs in stage.rs.
    // Read: proc(5), mount(2).
    // The page: book/src/ch04-mount-namespace.md. A hint: cargo run -p exercises -- hint 4.2
    not_written!("4.2")
}
