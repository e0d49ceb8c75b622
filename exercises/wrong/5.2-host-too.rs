//! Does not ask whose loopback it is.
// part network.rs bring_loopback_up
    Netlink::open()?.set_up("lo")
