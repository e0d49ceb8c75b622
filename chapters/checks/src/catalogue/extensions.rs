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
    scene::{self, Ended, Stop},
    subject::Request,
};

pub(super) fn proc_options(scene: &Scene) -> Result<String, Stop> {
    const SCRIPT: &str = "ls /proc | grep '^[a-z]' | tr '\\n' ' '; echo; cat /proc/self/mountinfo";
    let others = |ended: &Ended| {
        let first = ended.stdout.lines().next().unwrap_or_default().trim().to_owned();
        if first.len() < 80 { first } else { "all that a kernel has".to_owned() }
    };
    let with = with_flags(scene, &["--proc-opts", "subset=pid"], SCRIPT)?;
    let another = with_flags(scene, &["--proc-opts", "hidepid=invisible"], SCRIPT)?;
    let without = with_flags(scene, &[], SCRIPT)?;
    Ok(format!(
        "beside processes: {}\nmissing: {:?}\nwith another option: {}\nwithout the flag, beside processes: {}{}{}",
        others(&with),
        missing_flags(&with.stdout, "/proc"),
        if another.stdout.contains("hidepid=invisible") { "taken" } else { "not taken" },
        others(&without),
        with.complaint(),
        without.complaint()
    ))
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
    Ok(format!("with --network host: {ended}{}", ended.complaint()))
}

pub(super) fn sysctl(scene: &Scene) -> Result<String, Stop> {
    // Not of net/core: of that Linux 6.1 shows nothing to a network below a user namespace.
    const FILES: [&str; 2] = ["/proc/sys/net/ipv4/ip_default_ttl", "/proc/sys/net/ipv4/tcp_fin_timeout"];
    let outside = || FILES.map(|file| fs_err::read_to_string(file).ok());
    let before = outside();
    let flags = ["--sysctl", "net.ipv4.ip_default_ttl=41", "--sysctl", "net.ipv4.tcp_fin_timeout=77"];
    let inside = with_flags(scene, &flags, &format!("cat {} {}", FILES[0], FILES[1]))?;
    let outside = if outside() == before { "unchanged" } else { "changed" };
    let mut seen =
        vec![format!("inside: {}", inside.stdout.trim().replace('\n', " ")), format!("outside: {outside}")];
    // Everybody may write to the last one in a user namespace of his own: with the value that it has, for where there is none.
    let most = fs_err::read_to_string("/proc/sys/user/max_uts_namespaces")?;
    for (what, setting) in [
        ("a parameter that is not the network's", "kernel.domainname=changed"),
        ("one of the user namespace", &*format!("user.max_uts_namespaces={}", most.trim())),
        ("one that there is not", "net.ipv4.no_such_thing=1"),
        ("one without a value", "net.ipv4.ip_default_ttl"),
    ] {
        seen.push(format!("{what}: {}", taken(scene, &["--sysctl", setting])?));
    }
    Ok(seen.join("\n") + &inside.complaint())
}

/// One number more than that of `memory_limit`.
pub(super) fn another_limit(scene: &Scene) -> Result<String, Stop> {
    scene.needs_groups()?;
    let request = Request {
        memory: Some(48 << 20),
        command: scene::probe(["sleep", "limited"])?,
        ..Request::default()
    };
    let mut running = scene.start(&request)?;
    let group = folder(running.wait_for("limited")?)?;
    let limit = read(&group, ["memory.max", "memory.limit_in_bytes"])?;
    Ok(format!("memory: {limit}\nwithout the flag: {}", taken(scene, &[])?))
}

pub(super) fn memory_reservation(scene: &Scene) -> Result<String, Stop> {
    scene.needs_groups()?;
    let flags = ["--memory-reservation", "32m"].map(Into::into).to_vec();
    let command = scene::probe(["sleep", "reserved"])?;
    let mut running = scene.start(&Request { flags, command, ..Request::default() })?;
    let group = folder(running.wait_for("reserved")?)?;
    let reserved = read(&group, ["memory.low", "memory.soft_limit_in_bytes"])?;
    let limit = read(&group, ["memory.max", "memory.limit_in_bytes"])?;
    let is_limit = if limit == "33554432" { "yes" } else { "no" };
    let without = taken(scene, &[])?;
    Ok(format!("reserved: {reserved}\nis it a limit, too: {is_limit}\nwithout the flag: {without}"))
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
