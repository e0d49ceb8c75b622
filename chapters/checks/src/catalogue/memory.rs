//! Checks of chapter 6: memory.
