//! Nobody forgets a value.
// part extend.rs set_sysctls
    for setting in settings {
        let (name, value) = setting.split_once('=').unwrap();
        if !name.starts_with("net.") {
            return Err(Error::new(format!("--sysctl {setting:?}: it is not the network's")));
        }
        sys::write(Path::new("/proc/sys").join(name.replace('.', "/")), value)?;
    }
    Ok(())
