//! Always the same.
// part extend.rs set_sysctls
    for setting in settings {
        let wanted = setting.split_once('=').filter(|(name, _)| name.starts_with("net."));
        let (name, _) = wanted.ok_or_else(|| Error::new(format!("--sysctl {setting:?}")))?;
        sys::write(Path::new("/proc/sys").join(name.replace('.', "/")), "42")?;
    }
    Ok(())
