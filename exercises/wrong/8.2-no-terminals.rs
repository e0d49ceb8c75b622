//! Forgets the file system of terminals.
// part devices.rs make
    let dev = Path::new("dev");
    let closed = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
    root.mount("tmpfs", "dev", MsFlags::MS_NOSUID, Some("mode=755,size=64k"))?;
    for name in NODES {
        Root::bind(&Path::new("/dev").join(name), &root.make_file(&dev.join(name))?, false)?;
    }
    for (name, target) in LINKS {
        root.make_link(&dev.join(name), Path::new(target))?;
    }
    root.mount("mqueue", "dev/mqueue", closed, None)?;
    root.mount("tmpfs", "dev/shm", closed, Some("mode=1777,size=64m"))
