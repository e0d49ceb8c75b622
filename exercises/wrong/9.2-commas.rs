//! As a list of options.
// part layers.rs lower_first
    let topmost_first = layers.iter().rev().chain([root]);
    topmost_first.map(|layer| path_of(layer).display().to_string()).collect::<Vec<_>>().join(",")
