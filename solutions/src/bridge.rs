//! Bridge: a switch on the host, and a cable from it to each container.
//!
//! Runs in: parent, whose interfaces are the host's. After: `process::clone`. Before: `Proceed`.
//! Kernel: veth(4), rtnetlink(7), setns(2). See it: `ip link show master mini0`, outside; `ip route`, inside.
//!
//! Who owns what: the cable belongs to the container's network namespace, and both its ends go away with it.
//! **The name is the lease**: the cable number n is called `mini-n`, and its container has address number n. The
//! kernel lets no name be there twice, so two containers that begin at once never get one address; and the lease
//! ends with the cable, even after SIGKILL. Only the bridge itself belongs to nobody: the janitor removes it.

use std::net::Ipv4Addr;

use sys::{CloneFlags, Errno, Error, Pid, Result};

use crate::{netlink::Netlink, network::Network};

/// What the bridge is called.
pub const BRIDGE: &str = "mini0";
/// How the names of cables begin, on the host.
const CABLE: &str = "mini-";
/// How the container calls its end of the cable.
const INSIDE: &str = "eth0";
/// The bridge's own address. 10.0.0.0/8 is for private use (RFC 1918); Docker begins at 172.17, Podman at 10.88.
pub const GATEWAY: Ipv4Addr = Ipv4Addr::new(10, 199, 0, 1);
/// How many bits of an address are the network's.
pub const PREFIX: u8 = 16;

/// How many addresses there are for containers: not the network's, the gateway's and the broadcast one.
const LEASES: u16 = u16::MAX - 2;

/// A file that stands for the network namespace we are in. Whoever has it locked may change the bridge. The
/// kernel unlocks it when we die, and the file was there before us.
const LOCK: &str = "/proc/self/ns/net";

/// Lay a cable, a veth pair, from the bridge to the container, and give its end there an address and a route.
/// The answer is that address.
pub fn connect(network: Network, container: Pid) -> Result<Option<Ipv4Addr>> {
    if network != Network::Bridge {
        return Ok(None);
    }
    let host = Netlink::open()?;
    let number = {
        let _lock = sys::flock_exclusive(LOCK)?; // or a janitor may remove the bridge before it has our cable
        let bridge = be_there(&host).map_err(needs_power)?;
        lay_cable(&host, bridge, container)?
    };
    let inside = open_inside(container)?;
    inside.add_address(INSIDE, address(number), PREFIX)?;
    inside.set_up(INSIDE)?;
    inside.add_default_route(GATEWAY)?;
    Ok(Some(address(number)))
}

/// The bridge, made if it is not there; its number.
fn be_there(host: &Netlink) -> Result<u32> {
    match host.add_bridge(BRIDGE) {
        Ok(()) => {
            host.add_address(BRIDGE, GATEWAY, PREFIX)?;
            host.set_up(BRIDGE)?;
        }
        Err(error) if error.errno() == Some(Errno::EEXIST) => {}
        Err(error) => return Err(error),
    }
    host.index_of(BRIDGE)
}

/// Take the first free lease, beginning at a place of our own so that many at once rarely meet.
fn lay_cable(host: &Netlink, bridge: u32, container: Pid) -> Result<u16> {
    let runtime = Pid::this().as_raw().unsigned_abs(); // as the interface's group: the janitor asks for it
    let begin = container.as_raw().unsigned_abs() % u32::from(LEASES);
    for step in 0..u32::from(LEASES) {
        let number = u16::try_from((begin + step) % u32::from(LEASES)).unwrap_or_default();
        match host.add_veth(&format!("{CABLE}{number}"), runtime, bridge, INSIDE, container) {
            Ok(()) => return Ok(number),
            Err(error) if error.errno() == Some(Errno::EEXIST) => {}
            Err(error) => return Err(error),
        }
    }
    Err(Error::new(format!("all {LEASES} addresses of {BRIDGE} are taken")))
}

/// The address of lease `number`.
fn address(number: u16) -> Ipv4Addr {
    Ipv4Addr::from(u32::from(GATEWAY) + 1 + u32::from(number))
}

/// A conversation about the container's network. A socket stays in the namespace in which it was opened, so we
/// go there for a moment: this process has one thread.
fn open_inside(container: Pid) -> Result<Netlink> {
    let home = fs_err::File::open("/proc/self/ns/net")?;
    sys::setns(format!("/proc/{container}/ns/net"), CloneFlags::CLONE_NEWNET)?;
    let inside = Netlink::open();
    sys::setns(
        format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&home)),
        CloneFlags::CLONE_NEWNET,
    )?;
    inside
}

/// The janitor's chore: take our cable away, and the bridge when no cable is left on it. The cable would go by
/// itself a moment later, but then nobody would know by now whether the bridge is still in use.
pub fn remove_if_unused(runtime: Pid) -> Result<()> {
    if !there_is(BRIDGE)? {
        return Ok(());
    }
    let _lock = sys::flock_exclusive(LOCK)?;
    let host = Netlink::open()?;
    match host.remove_group(runtime.as_raw().unsigned_abs()) {
        Err(error) if error.errno() != Some(Errno::ENODEV) => return Err(error),
        _ => {} // ENODEV: it is gone already, or we never had one
    }
    if there_is(CABLE)? || !there_is(BRIDGE)? { Ok(()) } else { host.remove(BRIDGE) }
}

/// Whether the host has an interface whose name begins so.
fn there_is(prefix: &str) -> Result<bool> {
    let table = sys::read("/proc/self/net/dev")?; // /sys/class/net may be another namespace's
    Ok(table.lines().any(|line| line.trim_start().starts_with(prefix)))
}

/// Why an ordinary user has no bridge.
fn needs_power(error: Error) -> Error {
    if error.errno() != Some(Errno::EPERM) {
        return error;
    }
    error
        .why("a bridge is on the host, and an ordinary user has no power over the host's network")
        .remedy("Use --network none, or run as root.")
}
