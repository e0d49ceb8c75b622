//! When the change of user has taken everything already.
// stage without: capabilities::keep()?;
// stage after: user::switch(run.user)?;
    capabilities::keep()?;
