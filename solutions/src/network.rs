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
    if network == Network::Host { CloneFlags::empty() } else { CloneFlags::CLONE_NEWNET }
}

/// Bring loopback up. A new network namespace has it, but down, and then even 127.0.0.1 does not answer.
pub fn bring_loopback_up(network: Network) -> Result<()> {
    if network == Network::Host {
        return Ok(()); // the host's is up, and not ours
    }
    Netlink::open()?.set_up("lo")
}
