//! Attacks that chapter 10 stops: on a host for which root inside is root.

use std::os::unix::fs::PermissionsExt;

use super::Loot;
use crate::{Scene, catalogue::users::makes_root, scene::Stop, subject::Request};

/// A program that belongs to root and is set-user-ID makes root of whoever starts it, in or outside of a container.
pub(super) fn leave_root_program(scene: &Scene) -> Result<(bool, String), Stop> {
    let shop = scene.folder.join("shop");
    fs_err::create_dir(&shop)?;
    fs_err::set_permissions(&shop, PermissionsExt::from_mode(0o777))?;
    let file = shop.join("become-root");
    let attacker = scene.attacker("leave_root_program", &[&file.to_string_lossy()])?;
    let loot: Loot = scene.run(&Request { userns: true, ..attacker })?.json()?;
    let succeeded = makes_root(&file);
    let whose = if succeeded { "root's, and set-user-ID" } else { "harmless" };
    fs_err::remove_file(&file).ok(); // it may not be there
    Ok((succeeded, format!("{}; outside it is {whose}", loot.evidence)))
}

/// The half inside of [`leave_root_program`]. The program does nothing.
pub(super) fn leave(path: &str) -> Loot {
    let leave = || -> std::io::Result<()> {
        fs_err::copy("/bin/true", path)?;
        fs_err::set_permissions(path, PermissionsExt::from_mode(0o4755))
    };
    Loot::of(leave().map_err(|error| error.to_string()), |()| format!("made {path}"))
}
