//! What a trainer shows in a terminal: demos with the host and a container side by side, and gauges.

mod big;
pub mod containers;
pub mod demo;
pub mod estate;
pub mod gauges;
mod keys;
mod look;
mod menu;
pub mod pane;
pub mod plain;
pub mod player;
pub mod scenario;
pub mod screen;
mod tape;
pub mod theme;
