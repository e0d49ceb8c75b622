//! What a trainer shows in a terminal: demos with the host and a container side by side, and gauges.

mod big;
pub mod clock;
pub mod containers;
pub mod demo;
pub mod estate;
pub mod follow;
pub mod gauges;
mod keys;
mod list;
mod look;
mod menu;
pub mod notes;
pub mod pane;
pub mod plain;
pub mod player;
pub mod record;
pub mod scenario;
pub mod screen;
pub mod speaker;
mod tape;
pub mod theme;
pub mod top;
