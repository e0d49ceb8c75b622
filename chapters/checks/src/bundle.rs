//! Bundles: what runc and crun are given instead of a command line (chapter 15 explains them).
//!
//! The root file system is put together from the host's own /usr, read-only, with the probe and the
//! fence's folder at their own paths, so that one and the same check works on every subject.

use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicU32, Ordering},
};

use serde_json::{Map, Value, json};
use sys::{MsFlags, Result};

use crate::{
    User, cage,
    fence::walls,
    subject::{self, Request, Seccomp},
};

/// The filter of chapter 12 as an engine gives it to the runtime, for the fourteen capabilities. It is what
/// `minicontainer seccomp --json` prints, and a test compares.
const DEFAULT_SECCOMP: &str = include_str!("seccomp.json");

/// Covered in a real runtime, by Docker's list.
pub(crate) const MASKED: [&str; 12] = [
    "/proc/acpi",
    "/proc/asound",
    "/proc/interrupts",
    "/proc/kcore",
    "/proc/keys",
    "/proc/latency_stats",
    "/proc/sched_debug",
    "/proc/scsi",
    "/proc/timer_list",
    "/proc/timer_stats",
    "/sys/devices/virtual/powercap",
    "/sys/firmware",
];

/// And read-only.
pub(crate) const READ_ONLY: [&str; 5] =
    ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

/// Names at the top of a root that lead into /usr, or are directories of their own on older systems.
pub(crate) const PROGRAMS: [&str; 6] = ["bin", "sbin", "lib", "lib32", "lib64", "libx32"];

/// Make a bundle for `request` in `folder` and the command line with which `runtime` runs it.
pub(crate) fn command(runtime: &str, request: &Request, folder: &Path) -> Result<Command> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let bundle = folder.join(format!("bundle-{number}"));
    let rootfs = request.rootfs.clone().unwrap_or_else(|| bundle.join("rootfs"));
    fs_err::create_dir_all(&rootfs)?;
    fs_err::create_dir_all(&bundle)?;
    if !request.layers.is_empty() || request.upper.is_some() {
        stack_layers(&rootfs, request, &bundle)?;
    }
    let binds = bind_host(&rootfs, folder)?;
    if request.userns && User::current() == User::Root {
        // Root inside is nobody outside, and makes the places for the mounts.
        fs_err::os::unix::fs::chown(&rootfs, Some(walls::NOBODYS_IDS), Some(walls::NOBODYS_IDS))?;
    }
    fs_err::write(bundle.join("config.json"), config(request, &rootfs, binds, folder, number)?.to_string())?;

    let mut command = Command::new(subject::program(runtime).unwrap_or_else(|| runtime.into()));
    command.env("XDG_RUNTIME_DIR", folder);
    command.arg("--root").arg(folder.join("state")).arg("run").arg("--bundle").arg(&bundle);
    command.arg(format!("check-{number}"));
    Ok(command)
}

/// What an engine does before it calls the runtime: make one root of the layers.
pub(crate) fn stack_layers(rootfs: &Path, request: &Request, bundle: &Path) -> Result<()> {
    let scratch = request.upper.clone().unwrap_or_else(|| bundle.to_owned());
    for name in ["upper", "work"] {
        fs_err::create_dir_all(scratch.join(name))?;
    }
    let lower: Vec<_> = request.layers.iter().rev().map(|layer| layer.display().to_string()).collect();
    let scratch = scratch.display();
    let mut options = format!("lowerdir={},upperdir={scratch}/upper,workdir={scratch}/work", lower.join(":"));
    if User::current() == User::Ordinary {
        options += ",userxattr";
    }
    sys::mount(Some("overlay"), rootfs, Some("overlay"), MsFlags::empty(), Some(&options))
}

/// The mounts that bring the host's programs into `rootfs`. Where /bin and its like are links into /usr,
/// the links are made instead.
fn bind_host(rootfs: &Path, folder: &Path) -> Result<Vec<Value>> {
    link_programs(rootfs)?;
    let mut binds: Vec<Value> = host_programs().iter().map(|path| bind(path, path, "ro")).collect();
    let program = std::env::current_exe()?;
    binds.extend([bind(&program, &program, "ro"), bind(folder, folder, "rw")]);
    Ok(binds)
}

/// The links at the top of `rootfs`, as this host has them.
pub(crate) fn link_programs(rootfs: &Path) -> Result<()> {
    for (name, link) in links_to_programs() {
        let made = fs_err::os::unix::fs::symlink(link, rootfs.join(name));
        made.or_else(|error| if error.kind() == ErrorKind::AlreadyExists { Ok(()) } else { Err(error) })?;
    }
    Ok(())
}

/// What of [`PROGRAMS`] is a link into /usr, and what stands in it.
pub(crate) fn links_to_programs() -> Vec<(&'static str, PathBuf)> {
    let link = |name| Some((name, fs_err::read_link(Path::new("/").join(name)).ok()?));
    PROGRAMS.into_iter().filter_map(link).collect()
}

/// Where the host's programs are: /usr, and what of [`PROGRAMS`] is no link into it.
pub(crate) fn host_programs() -> Vec<PathBuf> {
    let all = ["usr"].into_iter().chain(PROGRAMS).map(|name| Path::new("/").join(name));
    all.filter(|path| path.is_dir() && !path.is_symlink()).collect()
}

fn bind(source: &Path, destination: &Path, access: &str) -> Value {
    json!({"destination": destination, "source": source, "type": "bind", "options": ["rbind", "rprivate", access]})
}

/// The five sets. What a user was given by name is ambient, as Podman does it.
fn capabilities(request: &Request) -> Value {
    let all = request.capabilities();
    let named = request.cap_add.iter().map(|name| format!("CAP_{name}")).collect::<Vec<_>>();
    let ambient = if request.user.is_some() { named } else { Vec::new() };
    json!({"bounding": all, "effective": all, "permitted": all, "inheritable": ambient, "ambient": ambient})
}

/// The profile that the runtime is given, if any.
fn seccomp(request: &Request) -> Result<Option<Value>> {
    let text = match &request.seccomp {
        Seccomp::Default => DEFAULT_SECCOMP.to_owned(),
        Seccomp::Unconfined => return Ok(None),
        Seccomp::Profile(file) => fs_err::read_to_string(file)?,
    };
    let mut profile: Map<String, Value> =
        serde_json::from_str(&text).map_err(|error| sys::Error::new(format!("seccomp profile: {error}")))?;
    profile.remove("architectures"); // it stands for this machine's, whichever that is
    Ok(Some(profile.into()))
}

fn config(request: &Request, rootfs: &Path, binds: Vec<Value>, folder: &Path, number: u32) -> Result<Value> {
    let seccomp = seccomp(request)?;
    let rootless = !nix::unistd::geteuid().is_root();
    // First: the rootfs is in the folder, and what is mounted on it by then would be bound along.
    let mut mounts = binds;
    mounts.extend([
        json!({"destination": "/proc", "type": "proc", "source": "proc", "options": ["nosuid", "noexec", "nodev"]}),
        json!({"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "mode=755", "size=65536k"]}),
        json!({"destination": "/dev/pts", "type": "devpts", "source": "devpts", "options": ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"]}),
        json!({"destination": "/dev/mqueue", "type": "mqueue", "source": "mqueue", "options": ["nosuid", "noexec", "nodev"]}),
        json!({"destination": "/sys", "type": "sysfs", "source": "sysfs", "options": ["nosuid", "noexec", "nodev", "ro"]}),
        json!({"destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup", "options": ["nosuid", "noexec", "nodev", "relatime", "ro"]}),
        json!({"destination": "/dev/shm", "type": "tmpfs", "source": "shm", "options": ["nosuid", "noexec", "nodev"]}),
    ]);
    let access = |read_only| if read_only { "ro" } else { "rw" };
    mounts.extend(request.volumes.iter().map(|v| bind(&v.source, &v.destination, access(v.read_only))));
    mounts.extend(request.tmpfs.iter().map(|place| {
        json!({"destination": place, "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "noexec", "nodev"]})
    }));
    let mut namespaces: Vec<Value> = ["pid", "ipc", "uts", "mount", "network", "cgroup"]
        .iter()
        .map(|kind| json!({"type": kind}))
        .collect();
    if rootless || request.userns {
        namespaces.push(json!({"type": "user"}));
    }
    let environment: Vec<String> =
        [vec!["PATH=/usr/sbin:/usr/bin:/sbin:/bin".to_owned()], request.env.clone()].concat();
    let arguments: Vec<_> = request.command.iter().map(|argument| argument.to_string_lossy()).collect();
    let mut config = json!({
        // crun 1.8 refuses 1.2 and later.
        "ociVersion": "1.0.2",
        "process": {
            "terminal": false,
            "user": {"uid": request.user.unwrap_or(0), "gid": request.user.unwrap_or(0)},
            "args": arguments,
            "env": environment,
            "cwd": request.workdir.as_deref().unwrap_or(Path::new("/")),
            "capabilities": capabilities(request),
            "noNewPrivileges": true,
        },
        "root": {"path": rootfs, "readonly": request.read_only},
        "hostname": request.hostname.as_deref().unwrap_or("bundle"),
        "mounts": mounts,
        "linux": {
            "namespaces": namespaces,
            "maskedPaths": MASKED,
            "readonlyPaths": READ_ONLY,
        },
    });
    let linux = &mut config["linux"];
    if let Some(profile) = seccomp {
        linux["seccomp"] = profile;
    }
    if let Some(memory) = request.memory {
        // In the OCI's words swap is memory and swap together, as in version 1.
        linux["resources"]["memory"] = json!({"limit": memory, "swap": memory});
    }
    if let Some(pids) = request.pids {
        linux["resources"]["pids"] = json!({"limit": pids});
    }
    if let Some(quota) = request.cpu_quota {
        linux["resources"]["cpu"] = json!({"quota": quota, "period": 100_000});
    }
    if let Some(shares) = request.cpu_shares {
        linux["resources"]["cpu"]["shares"] = json!(shares);
    }
    if !rootless && request.userns {
        let map = json!([{"containerID": 0, "hostID": walls::NOBODYS_IDS, "size": walls::IDS}]);
        linux["uidMappings"] = map.clone();
        linux["gidMappings"] = map;
    }
    if rootless {
        let map = |outside: u32| json!([{"containerID": 0, "hostID": outside, "size": 1}]);
        linux["uidMappings"] = map(nix::unistd::geteuid().as_raw());
        linux["gidMappings"] = map(nix::unistd::getegid().as_raw());
    } else {
        // As engines have it. The devices that every container has, the runtime allows on its own.
        linux["resources"]["devices"] = json!([{"allow": false, "access": "rwm"}]);
        // Absolute: an empty path would put the container below whatever group called us.
        linux["cgroupsPath"] = json!(cage::group_of_bundle(folder, number));
    }
    Ok(config)
}
