//! The layers alone.
// part layers.rs lower_first
    layers.iter().rev().map(|layer| path_of(layer).display().to_string()).collect::<Vec<_>>().join(":")
