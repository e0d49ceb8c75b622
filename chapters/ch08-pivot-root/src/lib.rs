//! Chapter 8: a root of its own.
//!
//! [`rootfs`] takes the host's files away with `pivot_root(2)`. What a root needs is made first, by descriptors
//! that cannot leave it ([`root`]): [`devices`], [`volumes`]. What shows the kernel comes last: [`sysfs`], [`cgroupfs`], and
//! [`masks`] over what it should not show.

pub mod cgroupfs;
pub mod default_root;
pub mod devices;
pub mod masks;
pub mod root;
pub mod rootfs;
pub mod stage;
pub mod sysfs;
pub mod volumes;
