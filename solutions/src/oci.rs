//! The OCI's form: what `linux.seccomp` in a `config.json` says to runc and crun.
//!
//! They give it to libseccomp, which makes one program of it, and there a rule without conditions hides all others of
//! the same call: "allow ioctl, but refuse TIOCSTI" would allow TIOCSTI, and nobody would say so. One program can say
//! it only the other way round, as a list of all that is not TIOCSTI (`all_but`).

use serde_json::{Value, json};

use crate::{
    calls::Architecture,
    profile::{Action, Condition, Operator, Profile, Rule},
};

/// A resolved profile for `architecture`.
///
/// Calls that are allowed but for some values of one argument are written as said above. Other rules that overlap stay
/// as they are, and mean to runc what they always meant to it.
pub fn form(profile: &Profile, architecture: Architecture) -> Value {
    let mut rules = Vec::new();
    for rule in &profile.syscalls {
        if is_the_default(profile, rule) {
            continue; // libseccomp refuses rules that repeat the default action
        }
        let opens = rule.action == Action::Allow && rule.args.is_empty();
        let (holed, whole): (Vec<String>, Vec<String>) =
            rule.names.iter().cloned().partition(|name| opens && holes(profile, name).is_some());
        if !whole.is_empty() {
            rules.push(Rule { names: whole, ..rule.clone() });
        }
        for name in holed {
            for condition in holes(profile, &name).map(|holes| all_but(&holes)).unwrap_or_default() {
                rules.push(Rule { names: vec![name.clone()], args: vec![condition], ..rule.clone() });
            }
        }
    }
    let mut form = json!({
        "defaultAction": profile.default_action,
        "architectures": [architecture.oci()],
        "syscalls": rules,
    });
    if let Some(number) = profile.default_errno_ret {
        form["defaultErrnoRet"] = number.into();
    }
    form
}

fn is_the_default(profile: &Profile, rule: &Rule) -> bool {
    rule.outcome() == profile.default_outcome()
}

/// The values of an argument for which the call `name` is refused as by default: conditions that differ only in what
/// the masked argument must be. `None` where there are none, or others.
fn holes(profile: &Profile, name: &str) -> Option<Vec<Condition>> {
    let mut holes = Vec::new();
    for rule in profile.syscalls.iter().filter(|rule| is_the_default(profile, rule)) {
        if rule.names.iter().any(|other| other == name) {
            let [hole] = rule.args[..] else { return None };
            holes.push(hole);
        }
    }
    let first = *holes.first()?;
    let alike = |hole: &Condition| Condition { value_two: first.value_two, ..*hole } == first;
    (first.op == Operator::MaskedEqual && holes.iter().all(alike)).then_some(holes)
}

/// All values but the `holes`, as conditions of which one holds: as a table of routes has all addresses but some.
///
/// From the highest bit of the mask down: where no hole has the bits so far, they are a condition; where one has them,
/// one bit more is looked at. It is about one condition for each bit of the mask.
fn all_but(holes: &[Condition]) -> Vec<Condition> {
    let Some(pattern) = holes.first() else { return Vec::new() };
    let bits: Vec<u64> =
        (0..u64::BITS).rev().map(|n| 1 << n).filter(|bit| pattern.value & bit != 0).collect();
    let mut found = Vec::new();
    let mut open = vec![(Condition { value: 0, value_two: 0, ..*pattern }, holes.to_vec(), &bits[..])];
    while let Some((so_far, holes, bits)) = open.pop() {
        if holes.is_empty() {
            found.push(so_far);
        } else if let Some((bit, rest)) = bits.split_first() {
            for side in [*bit, 0] {
                let inside = holes.iter().copied().filter(|hole| hole.value_two & bit == side).collect();
                let longer =
                    Condition { value: so_far.value | bit, value_two: so_far.value_two | side, ..so_far };
                open.push((longer, inside, rest));
            }
        }
    }
    found
}
