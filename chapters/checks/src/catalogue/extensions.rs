//! Checks that only exercises of chapters 4 to 8 ask for.

use std::{
    os::unix::fs::{FileTypeExt, MetadataExt},
    path::Path,
    process::ExitCode,
};

use sys::Side;

use super::{
    limits::PIDS,
    memory::{folder, read},
    missing_flags, taken, whose, with_flags,
};
use crate::{
    Scene,
    probe::print_json,
    scene::{self, Stop},
    subject::Request,
};

pub(super) fn proc_options(scene: &Scene) -> Result<String, Stop> {
    let script = "ls /proc | grep '^[a-z]' | tr '\\n' ' '; echo; cat /proc/self/mountinfo";
    let ended = with_flags(scene, &["--proc-opts", "subset=pid"], script)?;
    let (others, table) = ended.stdout.split_once('\n').unwrap_or_default();
    let others = others.trim();
    let others = if others.len() < 80 { others } else { "all that a kernel has" };
    let missing = missing_flags(table, "/proc");
    Ok(format!("beside processes: {others}\nmissing: {missing:?}{}", ended.stderr))
}

pub(super) fn own_network_namespace(scene: &Scene) -> Result<String, Stop> {
    let usual = scene.report(Request::default())?;
    let flags = ["--network", "host"].map(Into::into).to_vec();
    let host = scene.report(Request { flags, ..Request::default() })?;
    // Whoever has no power over the host's network gets no bridge, but a child he has by then.
    let explained = scene.explain(&["--network", "bridge"].map(str::to_owned))?;
    let calls = scene::calls(&explained, Side::Parent);
    let bridge = match calls.iter().find(|call| call.starts_with("clone3(")) {
        Some(clone) if clone.contains("CLONE_NEWNET") => "its own",
        Some(_) => "the host's",
        None => "clone was not called",
    };
    Ok(format!(
        "network namespace: {}\nwith --network host: {}\nwith --network bridge: {bridge}",
        whose(&usual, "net")?,
        whose(&host, "net")?
    ))
}

/// An ordinary user has no power over the host's network, and needs none.
pub(super) fn host_network(scene: &Scene) -> Result<String, Stop> {
    let ended = with_flags(scene, &["--network", "host"], "true")?;
    Ok(format!("with --network host: {ended}{}", ended.stderr))
}

pub(super) fn sysctl(scene: &Scene) -> Result<String, Stop> {
    const FILE: &str = "/proc/sys/net/ipv4/ip_default_ttl";
    let before = fs_err::read_to_string(FILE)?;
    let inside = with_flags(scene, &["--sysctl", "net.ipv4.ip_default_ttl=42"], &format!("cat {FILE}"))?;
    let outside = if fs_err::read_to_string(FILE)? == before { "unchanged" } else { "changed" };
    // Everybody may write to this one in a user namespace of his own: with the value that it has, for where there is none.
    let most = fs_err::read_to_string("/proc/sys/user/max_uts_namespaces")?;
    Ok(format!(
        "inside: {}{}\noutside: {outside}\na parameter that is not the network's: {}\none of the user namespace: {}",
        inside.stdout.trim(),
        inside.stderr,
        taken(scene, &["--sysctl", "kernel.domainname=changed"])?,
        taken(scene, &["--sysctl", &format!("user.max_uts_namespaces={}", most.trim())])?,
    ))
}

pub(super) fn memory_reservation(scene: &Scene) -> Result<String, Stop> {
    scene.needs_groups()?;
    let flags = ["--memory-reservation", "32m"].map(Into::into).to_vec();
    let command = scene::probe(["sleep", "reserved"])?;
    let mut running = scene.start(&Request { flags, command, ..Request::default() })?;
    let group = folder(running.wait_for("reserved")?)?;
    let reserved = read(&group, ["memory.low", "memory.soft_limit_in_bytes"])?;
    let limit = read(&group, ["memory.max", "memory.limit_in_bytes"])?;
    let limit = if limit == "33554432" { "the same" } else { "another" };
    Ok(format!("reserved: {reserved}\nlimit: {limit}"))
}

pub(super) fn refusals_are_told(scene: &Scene) -> Result<String, Stop> {
    scene.needs_groups()?;
    let told = |most: &str| -> Result<&str, Stop> {
        let command = scene::probe(["start-crowd", most, "crowd"])?;
        let ended = scene.run(&Request { pids: Some(PIDS), command, ..Request::default() })?;
        Ok(if ended.stderr.contains("pids") { "told" } else { "not told" })
    };
    Ok(format!("a crowd: {}\na few: {}", told("60")?, told("3")?))
}

/// Devices that most hosts have, and that no container has by default.
const DEVICES: [&str; 6] =
    ["/dev/fuse", "/dev/kmsg", "/dev/net/tun", "/dev/loop-control", "/dev/rtc0", "/dev/ptmx"];

pub(super) fn extra_device(scene: &Scene) -> Result<String, Stop> {
    let is_device = |path: &&&str| fs_err::metadata(path).is_ok_and(|file| file.file_type().is_char_device());
    let device = DEVICES.iter().find(is_device).ok_or_else(|| {
        Stop::CouldNotRun(format!("this host has none of the devices {}", DEVICES.join(", ")))
    })?;
    let number = fs_err::metadata(device)?.rdev();
    let look = scene::probe(["look-at-device", device])?;
    let flags = vec!["--device".into(), device.into()];
    let inside: u64 = scene.run(&Request { flags, command: look, ..Request::default() })?.json()?;
    Ok(if inside == number { "the host's" } else { "not the host's" }.to_owned())
}

/// The half inside of [`extra_device`]; 0 is no device.
pub(crate) fn look_at_device(path: &str) -> sys::Result<ExitCode> {
    print_json(&fs_err::metadata(Path::new(path)).map_or(0, |file| file.rdev()))
}
