//! Counts in milliseconds.
// part cpu.rs limit
    let Some(cpus) = cpus else { return Ok(()) };
    let (version, folder) = group.folder(Controller::Cpu)?;
    let files = CpuController::new(folder.to_owned(), version == Version::V2);
    let quota = cpus.quota() / 1000;
    cgroup::write_by_library(&folder.join("quota"), quota, || files.set_cfs_quota(quota))
