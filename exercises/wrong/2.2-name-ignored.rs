//! Always the same name.
// part hostname.rs set
    sys::sethostname("container")
