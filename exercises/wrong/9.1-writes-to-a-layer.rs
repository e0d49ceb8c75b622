//! Binds the topmost layer, and mounts no overlay over it.
// part layers.rs stack
    let Some(topmost) = layers.last() else { return Ok(root) };
    let tree = sys::open_tree(topmost)?;
    sys::move_mount(&tree, &sys::open_path("/")?)?;
    let stacked = Root::open(Path::new("/.."))?;
    for name in ["proc", "sys", "dev"] {
        stacked.make_ordinary_directory(name)?;
    }
    carry_mounts(&root, &stacked)?;
    for name in ["bin", "lib", "lib64", "sbin"] {
        stacked.make_link(Path::new(name), &Path::new("usr").join(name)).ok();
    }
    Ok(stacked)
