//! The exercises, solved. Empty as long as `exercises` is.
