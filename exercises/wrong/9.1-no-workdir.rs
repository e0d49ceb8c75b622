//! Forgets the second directory.
// part layers.rs stack
    if layers.is_empty() && upper.is_none() {
        return Ok(root);
    }
    let layers = layers.iter().map(sys::open_path).collect::<Result<Vec<_>>>()?;
    let scratch = match upper {
        Some(directory) => Root::open(directory)?,
        None => Root::cover()?,
    };
    let upper = scratch.make_directory(Path::new("upper"))?;
    let work = scratch.make_directory(Path::new("work"))?;
    let lower = lower_first(root.descriptor(), &layers);
    let mut options = format!("lowerdir={lower},upperdir={}", path_of(&upper).display());
    if in_user_namespace()? {
        options += ",userxattr";
    }
    sys::mount(Some("overlay"), "/", Some("overlay"), MsFlags::MS_NODEV, Some(&options))?;
    let stacked = Root::open(Path::new("/.."))?;
    carry_mounts(&root, &stacked)?;
    Ok(stacked)
