//! What a trainer shows in a terminal: demos with the host and a container side by side, and gauges.

pub mod containers;
pub mod gauges;
mod look;
pub mod theme;
pub mod top;
