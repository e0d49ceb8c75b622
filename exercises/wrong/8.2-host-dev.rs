//! Brings all of them.
// part devices.rs make
    Root::bind(Path::new("/dev"), &root.make_directory(Path::new("dev"))?, false)
