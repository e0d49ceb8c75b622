//! Chapter 12: a filter for system calls.
//!
//! Capabilities decide what a call may do, a filter ([`seccomp`]) whether the kernel's code for it is reached at all. A
//! [`profile`] says which calls a command may make, by their names; a [`program`] says the same to the kernel, by the
//! numbers that the [`calls`] have on this machine. [`oci`] prints it for runc and crun. What is refused, [`refusals`]
//! can tell.

pub mod calls;
pub mod oci;
pub mod profile;
pub mod program;
pub mod refusals;
pub mod seccomp;
pub mod stage;
