//! The function is right, and nobody calls it.
// stage without: extend::block(&run.block)?;
