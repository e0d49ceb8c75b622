//! Chapter 6: a memory limit, and the OOM killer that enforces it.
//!
//! Limits are not a matter of namespaces but of control groups ([`cgroup`]). An ordinary user has none of his
//! own, unless systemd gives him some ([`delegation`]).

pub mod cgroup;
pub mod delegation;
pub mod hierarchy;
pub mod memory;
pub mod stage;
