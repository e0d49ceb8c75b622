//! Rootless, behind the scenes: how an ordinary user gets to create namespaces at all.
//!
//! Runs in: parent. Before: `process::clone`.
//! Kernel: user_namespaces(7). See it: `cat /proc/self/uid_map`, inside.
//!
//! **The trick** is called *borrowed root*: the parent moves itself into a user namespace, where it
//! has every capability over what it creates from there, and none over the rest of the machine.
//! Chapter 10 takes this apart, does it properly, and leaves the parent outside.

use sys::{CloneFlags, Gid, Result, Uid};

/// Unless this process may create namespaces already, move it to a user namespace in which it may.
pub fn borrow_root() -> Result<()> {
    if has_cap_sys_admin()? {
        return Ok(());
    }
    sys::explain::note(
        "Behind the scenes: an ordinary user may create only one kind of namespace, the user namespace; \
         inside it we are root and may create the others. Chapter 10 explains it.",
    );
    let (uid, gid) = (Uid::effective(), Gid::effective()); // after unshare both read as nobody
    sys::unshare(CloneFlags::CLONE_NEWUSER)?;
    sys::write("/proc/self/setgroups", "deny")?; // the kernel wants this before gid_map
    sys::write("/proc/self/uid_map", &format!("0 {uid} 1"))?;
    sys::write("/proc/self/gid_map", &format!("0 {gid} 1"))
}

/// Bit 21 of the effective capabilities, see capabilities(7). Root has it, but not the root of somebody's container.
pub fn has_cap_sys_admin() -> Result<bool> {
    const CAP_SYS_ADMIN: u64 = 1 << 21;
    let status = sys::read("/proc/self/status")?;
    let effective = status.lines().find_map(|line| line.strip_prefix("CapEff:"));
    let effective = effective.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    Ok(effective.unwrap_or_default() & CAP_SYS_ADMIN != 0)
}
