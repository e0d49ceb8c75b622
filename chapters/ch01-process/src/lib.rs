//! Chapter 1: a process with clean surroundings, watched by its parent.
//!
//! A container is a process first. This chapter starts one, hands over its arguments and a clean
//! environment, forwards signals to it, and brings its exit status back.

pub mod environment;
pub mod process;
pub mod protocol;
pub mod signals;
pub mod stage;
