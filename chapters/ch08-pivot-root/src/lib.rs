//! Chapter 8: a root of its own. The host's files are gone, not hidden.

pub mod devices;
pub mod masks;
pub mod rootfs;
pub mod stage;
pub mod sysfs;
pub mod volumes;
