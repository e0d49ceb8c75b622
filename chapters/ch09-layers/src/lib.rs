//! Chapter 9: a root of layers, which containers share and none of them can change.

pub mod layers;
pub mod stage;
