//! Chapter 12: a filter for system calls.
//!
//! Capabilities decide what a call may do, a filter whether the kernel's code for it is reached at all. Which calls a
//! command may make says a [`profile`]; [`seccomp`] turns it into programs, which the kernel runs before each call, with
//! the numbers of this machine's [`calls`]. [`oci`] prints it for runc and crun.

pub mod calls;
pub mod oci;
pub mod profile;
pub mod seccomp;
