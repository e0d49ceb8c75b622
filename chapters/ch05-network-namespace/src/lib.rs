//! Chapter 5: a network of its own, with nothing in it but loopback, and a bridge to others.

pub mod bridge;
pub mod janitor;
pub mod nat;
mod netlink;
pub mod network;
pub mod stage;
