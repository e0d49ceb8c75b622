//! Harsh programs that reach for the kernel's own switches. What would do harm is opened and not written.

use std::path::{Path, PathBuf};

use nix::time::{ClockId, clock_gettime, clock_settime};
use sys::{CloneFlags, MsFlags, Result};

use crate::diary::{gain_power, mounts, must_fail, new_folder, note};

/// Settings of the whole machine.
const SETTINGS: &[&str] = &[
    "proc/sys/kernel/core_pattern",
    "proc/sys/kernel/sysrq",
    "proc/sys/vm/overcommit_memory",
    "proc/sys/vm/panic_on_oom",
    "proc/sysrq-trigger",
    "sys/kernel/mm/transparent_hugepage/enabled",
    "sys/kernel/uevent_helper",
    "sys/power/state",
];

/// Open the machine's settings for writing, where they are and in fresh mounts.
pub fn change_settings() -> Result<()> {
    gain_power()?;
    open_settings(Path::new("/"));
    let fresh = new_folder("fresh")?;
    for kind in ["proc", "sysfs"] {
        let point = fresh.join(kind.trim_end_matches("fs"));
        sys::mkdir(&point)?;
        note(kind, &sys::mount(Some(kind), &point, Some(kind), MsFlags::empty(), None));
    }
    open_settings(&fresh);
    note("writable", &sys::mount_setattr_readonly("/sys", false));
    note("writable", &sys::mount_setattr_readonly("/proc", false));
    open_settings(Path::new("/"));
    Ok(())
}

fn open_settings(root: &Path) {
    for setting in SETTINGS {
        let path = root.join(setting);
        must_fail(&path.to_string_lossy(), &fs_err::OpenOptions::new().write(true).open(&path));
    }
}

/// Rename the machine: the fence has a name of its own to lose.
pub fn rename_the_host() -> Result<()> {
    gain_power()?;
    note("sethostname", &sys::sethostname("harsh"));
    note("/proc", &sys::write("/proc/sys/kernel/hostname", "harsher"));
    Ok(())
}

/// Set the clock, to what it shows; only tried in user-mode Linux, which has a clock of its own.
pub fn set_the_clock() -> Result<()> {
    if !sys::in_user_mode_linux() {
        println!("not tried: this is no throw-away machine");
        return Ok(());
    }
    gain_power()?;
    let now = clock_gettime(ClockId::CLOCK_REALTIME).map_err(std::io::Error::from)?;
    must_fail("clock_settime", &clock_settime(ClockId::CLOCK_REALTIME, now));
    Ok(())
}

/// Leave the control groups that bound us, and leave groups behind.
pub fn break_out_of_the_cage() -> Result<()> {
    gain_power()?;
    note("writable", &sys::mount_setattr_readonly("/sys/fs/cgroup", false));
    let of_host: Vec<PathBuf> = mounts()?
        .into_iter()
        .filter(|mount| mount.kind.starts_with("cgroup"))
        .map(|mount| mount.point)
        .collect();
    for root in &of_host {
        break_out(root);
    }
    for cage in of_host.iter().filter(|mount| is_room(mount)).filter_map(|room| room.parent()) {
        break_out(cage);
    }

    for (number, namespaces) in [CloneFlags::empty(), CloneFlags::CLONE_NEWCGROUP].into_iter().enumerate() {
        note("a cgroup namespace of our own", &sys::unshare(namespaces));
        let fresh = new_folder(&format!("cgroups-{number}"))?;
        for (kind, options) in [("cgroup2", None), ("cgroup", Some("memory")), ("cgroup", Some("pids"))] {
            let point = fresh.join(options.unwrap_or(kind));
            sys::mkdir(&point)?;
            let mounted = sys::mount(Some(kind), &point, Some(kind), MsFlags::empty(), options);
            note(&format!("{kind} {options:?}"), &mounted);
            if mounted.is_ok() {
                break_out(&point);
            }
        }
    }
    Ok(())
}

/// Whether the group at `root` is the cage's room, by its path or by being the top of what a cgroup namespace
/// shows. In the room one may do as one likes: the limits are those of the cage around it.
fn is_room(root: &Path) -> bool {
    let name = root.to_string_lossy();
    name.contains("minicontainer-fence-") && (name.ends_with("/room") || name.contains("cgroups-1"))
}

/// Move to the group at `root`, make one below it, open its limits.
fn break_out(root: &Path) {
    if is_room(root) {
        return;
    }
    must_fail(&format!("leave for {root:?}"), &sys::write(root.join("cgroup.procs"), "0"));
    let group = root.join("minicontainer-harsh");
    let made = sys::mkdir(&group);
    must_fail(&format!("make {group:?}"), &made);
    if made.is_ok() {
        note("taken away again", &sys::rmdir(&group));
    }
    for limit in ["memory.max", "memory.limit_in_bytes", "pids.max", "release_agent"] {
        let path = root.join(limit);
        must_fail(&format!("open {path:?}"), &fs_err::OpenOptions::new().write(true).open(&path));
    }
}

/// Write to the terminals of whoever started the suite, and find the services of his session.
pub fn reach_the_session() -> Result<()> {
    must_fail("/dev/tty", &fs_err::OpenOptions::new().write(true).open("/dev/tty"));
    for folder in ["/dev/pts", "/run/user", "/run/dbus"] {
        for entry in fs_err::read_dir(folder).into_iter().flatten().flatten() {
            if entry.file_name() != "ptmx" {
                let path = entry.path();
                println!("{}: {}", crate::diary::HOLE, path.display());
            }
        }
    }
    Ok(())
}
