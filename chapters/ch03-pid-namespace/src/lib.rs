//! Chapter 3: the command is PID 1.

pub mod pid_namespace;
pub mod stage;
