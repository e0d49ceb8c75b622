//! Attacks that chapter 8: pivot_root stops.
