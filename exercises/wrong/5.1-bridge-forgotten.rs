//! Thinks of one kind of network, and forgets the third.
// part network.rs namespace
    if network == Network::None { CloneFlags::CLONE_NEWNET } else { CloneFlags::empty() }
