//! Attacks that chapter 7 stops.

use super::{Loot, from_inside};
use crate::{
    Scene,
    catalogue::limits::{PIDS, group_that_shows},
    probe,
    scene::Stop,
    subject::Request,
};

/// A fork bomb that stops at this many. The fence allows more, and a machine far more.
const BOMB: &str = "60";

pub(super) fn fork_bomb(scene: &Scene) -> Result<(bool, String), Stop> {
    scene.needs_groups()?;
    let attacker = scene.attacker("fork_bomb", &[BOMB])?;
    let loot: Loot = scene.run(&Request { pids: Some(PIDS), ..attacker })?.json()?;
    Ok((loot.got_through, loot.evidence))
}

pub(super) fn see_host_groups(scene: &Scene) -> Result<(bool, String), Stop> {
    scene.needs_groups()?;
    let loot = from_inside(scene, "see_host_groups", &[])?;
    Ok((loot.got_through, loot.evidence))
}

/// The half inside of [`fork_bomb`].
pub(super) fn start_bomb(most: &str) -> Loot {
    let most = most.parse().unwrap_or_default();
    let (mut crowd, why) = probe::crowd(most, "bomb");
    for child in &mut crowd {
        // One that is dead already cannot be killed again.
        child.kill().and_then(|()| child.wait().map(drop)).ok();
    }
    Loot { got_through: crowd.len() == most, evidence: format!("{} processes, then {why}", crowd.len()) }
}

/// The half inside of [`see_host_groups`].
pub(super) fn look_up() -> Loot {
    Loot::of(group_that_shows(), |path| format!("its group on the host is {path}"))
}
