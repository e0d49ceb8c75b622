//! The sets first, and then the change of user, which needs some of them.
// stage without: capabilities::limit(&capabilities)?;
// stage after: capabilities::keep()?;
    capabilities::limit(&capabilities)?;
