//! The kernel wants a promise first.
// stage without: extend::block(&run.block)?;
// stage after: capabilities::limit(&capabilities)?;
    extend::block(&run.block)?;
