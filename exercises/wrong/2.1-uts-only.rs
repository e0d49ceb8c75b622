//! A hostname, and nothing for IPC.
// value hostname.rs NAMESPACES
CloneFlags::CLONE_NEWUTS
