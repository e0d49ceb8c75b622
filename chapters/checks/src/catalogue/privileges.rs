//! Checks of chapter 11: capabilities and no_new_privs.

use std::collections::BTreeMap;

use sys::{CAPABILITIES, CapabilitySets};

use super::users::one_id_only;
use crate::{
    Scene,
    scene::Stop,
    subject::{CAPABILITIES as DEFAULT, Request},
};

/// The five sets, by their names in `/proc/PID/status`.
const SETS: [&str; 5] = ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"];

/// Its number.
const SYS_ADMIN: u32 = 21;

pub(super) fn capabilities(scene: &Scene) -> Result<String, Stop> {
    // A caller with an inheritable capability: Docker was one (CVE-2022-24769).
    sys::capset(CapabilitySets { inheritable: 1 << SYS_ADMIN, ..sys::capget()? })?;
    let sets = sets(scene, Request::default())?;
    Ok(SETS.map(|name| format!("{name}: {}", words(&sets[name]))).join("\n"))
}

pub(super) fn capability_flags(scene: &Scene) -> Result<String, Stop> {
    let request = |add: &[&str], drop: &[&str]| Request {
        cap_add: add.iter().map(|&name| name.to_owned()).collect(),
        cap_drop: drop.iter().map(|&name| name.to_owned()).collect(),
        ..Request::default()
    };
    let now = sets(scene, request(&["NET_ADMIN"], &["CHOWN"]))?.remove("CapEff").unwrap_or_default();
    let more: Vec<_> = now.iter().filter(|name| !DEFAULT.contains(name)).copied().collect();
    let less: Vec<_> = DEFAULT.iter().filter(|name| !now.contains(name)).copied().collect();
    let none = sets(scene, request(&["KILL"], &["ALL"]))?;
    Ok(format!(
        "one added, one dropped: {} more, {} less\nall dropped, one added: {}",
        words(&more),
        words(&less),
        words(&none["CapEff"])
    ))
}

pub(super) fn user_capabilities(scene: &Scene) -> Result<String, Stop> {
    one_id_only()?;
    let user = Request { user: Some(1000), ..Request::default() };
    let usual = sets(scene, user.clone())?;
    let asked = sets(scene, Request { cap_add: vec!["NET_BIND_SERVICE".into()], ..user })?;
    Ok(format!(
        "a user: {}, and never more than {}\none was added by name: {}",
        words(&usual["CapEff"]),
        words(&usual["CapBnd"]),
        words(&asked["CapEff"])
    ))
}

pub(super) fn no_new_privs(scene: &Scene) -> Result<String, Stop> {
    let status = status(scene, Request::default())?;
    let line = status.lines().find(|line| line.starts_with("NoNewPrivs:"));
    Ok(line.unwrap_or_default().replace('\t', " "))
}

/// Whether the bounding set is limited, and by whom, while he still may: without CAP_SETPCAP nobody may.
pub(super) fn bounding_set(scene: &Scene) -> Result<String, Stop> {
    let sets = sets(scene, Request { cap_drop: vec!["SETPCAP".into()], ..Request::default() })?;
    let calls = scene.calls_of_child(&["--user", "0:0"])?;
    let drop = calls.iter().position(|call| call.starts_with("prctl(PR_CAPBSET_DROP"));
    let user = calls.iter().position(|call| call.starts_with("setuid("));
    let by_whom = match (drop, user) {
        (None, _) => "not by the child",
        (Some(drop), Some(user)) if drop > user => "by the child, after its change of user",
        (Some(_), _) => "by the child, while it may",
    };
    Ok(format!("CapBnd: {}\nlimited {by_whom}", words(&sets["CapBnd"])))
}

/// With a user namespace nobody has inherited anything, and with one id nobody changes his user. But the calls are the
/// same, and show what would become of both.
pub(super) fn limited_sets(scene: &Scene) -> Result<String, Stop> {
    sys::capset(CapabilitySets { inheritable: 1 << SYS_ADMIN, ..sys::capget()? })?;
    let sets = sets(scene, Request::default())?;
    let calls = scene.calls_of_child(&["--user", "0:0", "--cap-drop", "ALL", "--cap-add", "KILL"])?;
    let last = |start: &str| calls.iter().rposition(|call| call.starts_with(start));
    let (keep, user, limit) = (last("prctl(PR_SET_KEEPCAPS, 1"), last("setuid("), last("capset("));
    let kept = match (keep, user) {
        (None, _) => "never",
        (Some(keep), Some(user)) if keep > user => "after the change of user",
        (Some(_), _) => "in time",
    };
    let limited = match (limit, user) {
        (None, _) => "never",
        (Some(limit), Some(user)) if limit < user => "before the change of user",
        (Some(_), _) => "in time",
    };
    Ok(format!(
        "CapInh: {}\nCapAmb: {}\nkept: {kept}\nlimited: {limited}\nwith KILL alone: {}",
        words(&sets["CapInh"]),
        words(&sets["CapAmb"]),
        limit.and_then(|place| calls.get(place)).map_or("no sets", String::as_str)
    ))
}

/// What a user has of what was added by name.
pub(super) fn added_for_user(scene: &Scene) -> Result<String, Stop> {
    one_id_only()?;
    let cap_add = vec!["NET_BIND_SERVICE".into()];
    let asked = sets(scene, Request { user: Some(1000), cap_add, ..Request::default() })?;
    Ok(format!("{}, ambient {}", words(&asked["CapEff"]), words(&asked["CapAmb"])))
}

pub(super) fn noroot(scene: &Scene) -> Result<String, Stop> {
    let now = |flags: &[&str]| -> Result<String, Stop> {
        let flags = flags.iter().map(Into::into).collect();
        let cap_drop = vec!["SETPCAP".into()];
        let status = status(scene, Request { flags, cap_drop, ..Request::default() })?;
        let line = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        let (Some(uid), Some(effective)) = (line("Uid:"), line("CapEff:")) else {
            return Err(Stop::Failed(format!("no sets: {status}")));
        };
        let user = uid.split_whitespace().nth(1).unwrap_or_default();
        let power = if effective.bytes().all(|digit| digit == b'0') { "no power" } else { "power" };
        Ok(format!("user {user} has {power}"))
    };
    let (with, without) = (now(&["--noroot"])?, now(&[])?);
    let is_locked =
        scene.calls_of_child(&["--noroot"])?.iter().any(|call| call.contains("SECBIT_NOROOT_LOCKED"));
    let locked = if is_locked { "yes" } else { "no" };
    Ok(format!("with --noroot: {with}\nwithout it: {without}\nlocked: {locked}"))
}

fn status(scene: &Scene, request: Request) -> Result<String, Stop> {
    let ended = scene
        .run(&Request { command: ["/bin/cat", "/proc/self/status"].map(Into::into).to_vec(), ..request })?;
    let complaint = ended.complaint();
    Ok(ended.stdout + &complaint)
}

/// The names in each of the five sets.
fn sets(scene: &Scene, request: Request) -> Result<BTreeMap<&'static str, Vec<&'static str>>, Stop> {
    let status = status(scene, request)?;
    let names = |set: &str| {
        let bits = status.lines().find_map(|line| line.strip_prefix(set)?.strip_prefix(":\t"))?;
        let bits = u64::from_str_radix(bits, 16).ok()?;
        Some(
            (0..)
                .zip(CAPABILITIES)
                .filter(|(number, _)| bits >> number & 1 == 1)
                .filter_map(|(_, name)| name.strip_prefix("CAP_"))
                .collect(),
        )
    };
    let found = SETS.map(|set| Some((set, names(set)?)));
    if found.iter().any(Option::is_none) {
        return Err(Stop::Failed(format!("no sets: {status}")));
    }
    Ok(found.into_iter().flatten().collect())
}

/// A set in words that are short where it is one of two usual ones.
fn words(names: &[&str]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(" ") }
}
