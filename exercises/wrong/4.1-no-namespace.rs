//! Works on the host's mount table.
// stage without: mounts::NAMESPACE,
