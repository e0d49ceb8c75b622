//! Attacks that chapter 7: pids and cpu stops.
