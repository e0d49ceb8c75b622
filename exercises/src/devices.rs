//! Devices: a `/dev` with what every program may expect, and no disk among it.
//!
//! Runs in: child. After: `rootfs::mount`. Before: `rootfs::pivot`, while the host's `/dev` is there.
//! Kernel: null(4), tty(4), pts(4); Documentation/filesystems/devpts.rst.
//! See it: `ls -l /dev`, inside and outside.

use std::path::Path;

use sys::{MsFlags, Result};

use crate::root::Root;

/// The devices. A real runtime makes them with mknod(2); in a user namespace the kernel forbids that, because
/// whoever may make a device may make the host's disk. A bind mount of the host's own works everywhere.
const NODES: [&str; 6] = ["null", "zero", "full", "random", "urandom", "tty"];

/// Links that programs expect, and where they lead inside.
const LINKS: [(&str, &str); 6] = [
    ("fd", "/proc/self/fd"),
    ("stdin", "/proc/self/fd/0"),
    ("stdout", "/proc/self/fd/1"),
    ("stderr", "/proc/self/fd/2"),
    ("ptmx", "pts/ptmx"), // so that a new terminal is one of the devpts below
    ("core", "/proc/kcore"),
];

/// Make `/dev` in `root`.
pub fn make(root: &Root) -> Result<()> {
    // Exercise 8.2: Devices.
    // Make /dev: a tmpfs with the devices of NODES, bound from the host's, the LINKS, and in it devpts,
    // mqueue and shm. Then put the line `devices::make(&root)?;` where it belongs in stage.rs.
    // Read: null(4), pts(4), and in root.rs what a Root can do.
    // The page: book/src/ch08-pivot-root.md. A hint: cargo run -p exercises -- hint 8.2
    not_written!("8.2")
}
