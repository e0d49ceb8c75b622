//! Checks of chapter 7: pids and cpu.
