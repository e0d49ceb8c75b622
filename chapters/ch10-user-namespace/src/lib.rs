//! Chapter 10: root inside, nobody outside.
//!
//! A user namespace ([`user_namespace`]) has ids of its own, and a map to those outside, of which an ordinary user may
//! have more than his own ([`subordinate`]). It is what makes containers without root possible, and [`user`] is who the
//! command is in there.

pub mod stage;
pub mod subordinate;
pub mod user;
pub mod user_namespace;
