//! As they were given.
// part layers.rs lower_first
    let lowest_first = std::iter::once(root).chain(layers);
    lowest_first.map(|layer| path_of(layer).display().to_string()).collect::<Vec<_>>().join(":")
