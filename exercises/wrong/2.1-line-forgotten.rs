//! The constant is right, clone does not get it.
// stage without: hostname::NAMESPACES,
