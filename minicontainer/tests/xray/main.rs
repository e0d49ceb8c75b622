//! `minicontainer xray`, from outside: what it says of a process is what /proc says, for a container and for a process
//! of the host, as root and as an ordinary user, who looks at his own.

mod asking;
mod containers;
mod output;
#[path = "../sleeper/mod.rs"]
mod sleeper;
mod sleeping;
