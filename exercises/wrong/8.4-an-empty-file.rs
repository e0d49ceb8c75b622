//! Makes the place, and mounts nothing on it.
// part extend.rs bind_devices
    devices.iter().try_for_each(|device| root.make_file(device).map(drop))
