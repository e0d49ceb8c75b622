//! Chapter 7: limits on processes and processor time, and a cgroup namespace.

pub mod cgroup_namespace;
pub mod cpu;
pub mod pids;
pub mod stage;
