//! The parent limits itself, when the child is born already.
// stage without: capabilities::bound(&capabilities)?;
// stage after: let signals = signals::keep()?;
    capabilities::bound(&capabilities::choose(&run.cap_add, &run.cap_drop)?)?;
