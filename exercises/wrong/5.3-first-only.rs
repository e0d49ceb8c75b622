//! One is enough.
// part extend.rs set_sysctls
    let Some(setting) = settings.first() else { return Ok(()) };
    let wanted = setting.split_once('=').filter(|(name, _)| name.starts_with("net."));
    let (name, value) = wanted.ok_or_else(|| Error::new(format!("--sysctl {setting:?}")))?;
    sys::write(Path::new("/proc/sys").join(name.replace('.', "/")), value)
