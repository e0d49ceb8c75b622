//! The change of user takes everything, and then there is nothing to limit.
// stage without: capabilities::keep()?;
