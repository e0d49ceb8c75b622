//! Before it is in its group. (The parent is slow here, or it would be faster now and then, and nobody would notice.)
// stage without: cgroup_namespace::unshare()?;
// stage after: process::die_with_parent()?;
    cgroup_namespace::unshare()?;
// stage after: let signals = signals::keep()?;
    std::thread::sleep(std::time::Duration::from_millis(30));
