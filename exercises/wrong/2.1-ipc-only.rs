//! IPC, and the host's hostname.
// value hostname.rs NAMESPACES
CloneFlags::CLONE_NEWIPC
