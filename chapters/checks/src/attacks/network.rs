//! Attacks that chapter 5: network namespace stops.
