//! Network: a namespace with interfaces, addresses, routes and ports of its own.
//!
//! Runs in: both. The child is born into the namespace, and brings its loopback up. After: `Proceed`.
//! Kernel: network_namespaces(7), rtnetlink(7). See it: `ip address` and `ss -ltn`, inside and outside.

use sys::{CloneFlags, Result};

use crate::netlink::Netlink;

/// Which network a container gets: `--network`, named as Docker's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Network {
    /// Loopback and nothing else
    None,
    /// An address on a bridge of the host, and through it the way out
    Bridge,
    /// No network of its own: the host's
    Host,
}

/// What the child is born into, but for `--network host`.
pub fn namespace(network: Network) -> CloneFlags {
    // Exercise 5.1: A network of its own.
    // Which flag of clone(2) gives the child a network of its own? With `--network host` it gets none.
    // Then put the line `network::namespace(run.network),` where it belongs in stage.rs.
    // Read: network_namespaces(7).
    // The page: book/src/ch05-network-namespace.md. A hint: cargo run -p exercises -- hint 5.1
    not_written!("5.1", CloneFlags::empty())
}

/// Bring loopback up. A new network namespace has it, but down, and then even 127.0.0.1 does not answer.
pub fn bring_loopback_up(network: Network) -> Result<()> {
    // Exercise 5.2: Loopback up.
    // Bring the interface lo up, but for `--network host`, where it is the host's and up already.
    // Then put the line `network::bring_loopback_up(run.network)?;` where it belongs in stage.rs.
    // Read: netdevice(7) on IFF_UP, or rtnetlink(7); netlink.rs has the messages ready.
    // The page: book/src/ch05-network-namespace.md. A hint: cargo run -p exercises -- hint 5.2
    not_written!("5.2")
}
