//! Looks for an interface that a new network does not have.
// part network.rs bring_loopback_up
    Netlink::open()?.set_up("eth0")
