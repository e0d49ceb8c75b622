//! Chapter 11: root without root's power.
//!
//! What root may is split into [`capabilities`]. The container keeps fourteen of about forty, and with
//! [`no_new_privs`] no program in it gives more.

pub mod capabilities;
pub mod no_new_privs;
pub mod stage;
