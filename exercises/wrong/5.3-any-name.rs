//! Takes every name that the kernel takes.
// part extend.rs set_sysctls
    for setting in settings {
        let (name, value) = setting.split_once('=').unwrap_or_default();
        sys::write(Path::new("/proc/sys").join(name.replace('.', "/")), value)?;
    }
    Ok(())
