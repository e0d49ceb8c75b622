//! After the other sets: CAP_SETPCAP may be gone by then.
// stage without: capabilities::bound(&capabilities)?;
// stage after: capabilities::limit(&capabilities)?;
    capabilities::bound(&capabilities)?;
