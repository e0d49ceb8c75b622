//! Attacks that chapter 6: memory stops.
