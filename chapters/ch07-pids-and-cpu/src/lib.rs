//! Chapter 7: how many processes, how much processor time, and a cgroup namespace that hides where the limits
//! are set.

pub mod cgroup_namespace;
pub mod cpu;
pub mod pids;
pub mod stage;
