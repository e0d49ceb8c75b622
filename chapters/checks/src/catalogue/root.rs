//! Checks of chapter 8: pivot_root.
