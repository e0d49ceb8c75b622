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

fn status(scene: &Scene, request: Request) -> Result<String, Stop> {
    let ended = scene
        .run(&Request { command: ["/bin/cat", "/proc/self/status"].map(Into::into).to_vec(), ..request })?;
    Ok(ended.stdout + &ended.stderr)
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
