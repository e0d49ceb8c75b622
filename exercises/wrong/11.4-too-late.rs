//! When CAP_SETPCAP may be gone.
// stage without: extend::set_noroot(run.noroot)?;
// stage after: capabilities::limit(&capabilities)?;
    extend::set_noroot(run.noroot)?;
