//! Checks of chapter 5: network namespace.
