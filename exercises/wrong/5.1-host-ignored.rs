//! Does not ask which network is wanted.
// part network.rs namespace
    CloneFlags::CLONE_NEWNET
