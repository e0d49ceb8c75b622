//! Asks the wrong way.
// part network.rs bring_loopback_up
    if network != Network::Host {
        return Ok(());
    }
    Netlink::open()?.set_up("lo")
