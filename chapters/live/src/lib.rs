//! What a trainer shows in a terminal: demos with the host and a container side by side, and gauges.

pub mod containers;
pub mod demo;
pub mod estate;
pub mod gauges;
mod look;
pub mod pane;
pub mod plain;
pub mod player;
pub mod scenario;
pub mod theme;
