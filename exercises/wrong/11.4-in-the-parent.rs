//! The parent renounces, when the child is born already.
// stage without: extend::set_noroot(run.noroot)?;
// stage after: let signals = signals::keep()?;
    extend::set_noroot(run.noroot)?;
