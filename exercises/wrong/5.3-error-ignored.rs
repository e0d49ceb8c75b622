//! What can go wrong?
// part extend.rs set_sysctls
    for setting in settings {
        let Some((name, value)) = setting.split_once('=') else { continue };
        if !name.starts_with("net.") {
            return Err(Error::new(format!("--sysctl {setting:?}: it is not the network's")));
        }
        sys::write(Path::new("/proc/sys").join(name.replace('.', "/")), value).ok();
    }
    Ok(())
