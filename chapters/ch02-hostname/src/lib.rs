//! Chapter 2: a hostname of its own.
//!
//! The first namespaces: UTS for the hostname, and IPC beside it. Creating one takes CAP_SYS_ADMIN,
//! so this is also where an ordinary user first needs help ([`rootless`]).

pub mod hostname;
pub mod rootless;
pub mod stage;
