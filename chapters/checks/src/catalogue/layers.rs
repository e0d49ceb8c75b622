//! Checks of chapter 9: layers.

use std::{
    os::unix::fs::{FileTypeExt, MetadataExt},
    path::{Path, PathBuf},
};

use super::shell;
use crate::{Scene, scene::Stop, subject::Request};

/// Two layers with files in them: the lower one has both, the upper one has another `letter`.
fn two_layers(scene: &Scene) -> Result<Vec<PathBuf>, Stop> {
    let layers = ["lower", "middle"].map(|name| scene.folder.join(name));
    for layer in &layers {
        fs_err::create_dir(layer)?;
    }
    fs_err::write(layers[0].join("letter"), "from below")?;
    fs_err::write(layers[1].join("letter"), "from above")?;
    fs_err::write(layers[0].join("below"), "still there")?;
    Ok(layers.to_vec())
}

pub(super) fn layers(scene: &Scene) -> Result<String, Stop> {
    let layers = two_layers(scene)?;
    let run = |script: &str| -> Result<String, Stop> {
        let request = Request { layers: layers.clone(), command: shell(script), ..Request::default() };
        let ended = scene.run(&request)?;
        Ok(ended.stdout.trim().replace('\n', ", ") + &ended.complaint())
    };
    let seen = run("exec 2>&1; cat /letter; echo; cat /below")?;
    run("echo changed >/letter; echo changed >/below; echo new >/new")?;
    let next = run("exec 2>&1; cat /letter; echo; cat /below; echo; ls -d /new 2>/dev/null; true")?;
    Ok(format!("seen: {seen}\nthe next container, after the first has written: {next}"))
}

pub(super) fn upper(scene: &Scene) -> Result<String, Stop> {
    let layers = two_layers(scene)?;
    let upper = scene.folder.join("changes");
    fs_err::create_dir(&upper)?;
    let script = "echo more >>/letter; rm /below; echo new >/new";
    let request = Request {
        layers: layers.clone(),
        upper: Some(upper.clone()),
        command: shell(script),
        ..Request::default()
    };
    let ended = scene.run(&request)?;
    let upper = upper.join("upper");
    let text = |path: PathBuf| fs_err::read_to_string(path).unwrap_or_default().trim().replace('\n', ", ");
    Ok(format!(
        "changed: {}\nremoved: {}\nnew: {}\nbelow: {}, {}{}",
        text(upper.join("letter")),
        whiteout(&upper.join("below")),
        text(upper.join("new")),
        text(layers[1].join("letter")),
        text(layers[0].join("below")),
        ended.complaint()
    ))
}

/// How overlayfs hides a file of a lower layer.
fn whiteout(path: &Path) -> &'static str {
    match fs_err::symlink_metadata(path) {
        Ok(file) if file.file_type().is_char_device() && file.rdev() == 0 => "a whiteout",
        Ok(_) => "something else",
        Err(_) => "nothing",
    }
}

/// What only an exercise asks for.
pub(super) fn diff(scene: &Scene) -> Result<String, Stop> {
    let layers = two_layers(scene)?;
    let upper = scene.folder.join("changes");
    fs_err::create_dir(&upper)?;
    let command = shell("echo more >>/letter; rm /below; echo new >/new");
    let flags = vec!["--diff".into()];
    let request = Request { layers, upper: Some(upper), flags, command, ..Request::default() };
    let said = scene.run(&request)?.stderr;
    let told = |line: &str| {
        ["A /", "C /", "D /"].iter().find_map(|kind| line.find(kind).map(|at| line[at..].to_owned()))
    };
    let mut lines: Vec<String> = said.lines().filter_map(told).collect();
    lines.retain(|line| ["/letter", "/below", "/new"].iter().any(|name| line.ends_with(name))); // not where we work
    lines.sort();
    Ok(format!("told: {}", lines.join(", ")))
}
