//! The function is right, and nobody calls it.
// stage without: capabilities::bound(&capabilities)?;
