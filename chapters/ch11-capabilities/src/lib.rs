//! Chapter 11: root without root's power.
//!
//! What root may is split into [`capabilities`]. The container keeps fourteen of about forty, and with
//! [`no_new_privs`] no program in it gives more. And it cannot reach for [`own_program`], the runtime's.

pub mod capabilities;
pub mod no_new_privs;
pub mod own_program;
pub mod stage;
