//! Chapter 4: a mount table of its own, and a `/proc` that tells the truth about the container.

pub mod mounts;
pub mod stage;
