//! Before the root is made, which takes mount.
// stage without: extend::block(&run.block)?;
// stage after: mounts::make_private()?;
    extend::block(&run.block)?;
