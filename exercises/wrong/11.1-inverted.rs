//! Takes away what should stay.
// part capabilities.rs bound
    let chosen: Vec<u32> = chosen.all.numbers().collect();
    sys::prctl_capbset_drop_each(&chosen)
