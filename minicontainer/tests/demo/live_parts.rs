//! A demo and whoever follows it; a recording that is broken off.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Stdio},
    time::{Duration, Instant},
};

use libtest_mimic::{Failed, Trial};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use crate::demo;

/// A scenario that takes longer than anybody waits.
const LONG: &str = r#"
title = "A long story"
about = "It ends when it is told to."
minutes = 1
[[step]]
title = "One"
caption = "The first."
host = "echo one"
expect = ["^one$"]
note = "Say one."
[[step]]
title = "Two"
caption = "The second."
host = "sleep 3; echo two"
expect = ["^two$"]
note = "Say two."
"#;

/// All of them.
pub fn tests() -> Vec<Trial> {
    vec![
        Trial::test("notes::follow_a_demo_to_its_end", follow_a_demo_to_its_end),
        Trial::test("record::sigterm_leaves_nothing", || leaves_nothing(Signal::SIGTERM)),
        Trial::test("record::ctrl_c_leaves_nothing", || leaves_nothing(Signal::SIGINT)),
        Trial::test("record::a_demo_that_fails_is_not_recorded", a_demo_that_fails_is_not_recorded),
        Trial::test("record::a_folder_that_is_not_there_is_told_at_once", a_folder_that_is_not_there),
    ]
}

fn write(folder: &Path, text: &str) -> Result<String, Failed> {
    let path = folder.join("long.toml");
    fs_err::write(&path, text)?;
    Ok(path.display().to_string())
}

/// Two processes: one plays, the other hears of every step.
fn follow_a_demo_to_its_end() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let scenario = write(folder.path(), LONG)?;
    let mut player = demo(&[&scenario, "--plain", "--auto"]).stdout(Stdio::null()).spawn()?;
    let mut steps = Vec::new();
    let deadline = Instant::now() + Duration::from_secs(60);
    // Another test's demo may be the one that has begun last.
    while steps.is_empty() && Instant::now() < deadline && player.try_wait()?.is_none() {
        steps = hear(&mut player)?;
    }
    let code = player.wait()?;
    if !code.success() || steps.last().map(String::as_str) != Some("2 Say two.") {
        return Err(format!("the demo: {code}; heard: {steps:?}").into());
    }
    Ok(())
}

/// The steps of our demo, in order; nothing if it is another one.
fn hear(player: &mut Child) -> Result<Vec<String>, Failed> {
    let mut notes = demo(&["notes", "--json"]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let mut steps = Vec::new();
    let output = notes.stdout.take().ok_or("it has an output")?;
    for line in BufReader::new(output).lines() {
        let state: serde_json::Value = serde_json::from_str(&line?)?;
        if state["demo"] != "long" || player.try_wait()?.is_some() {
            break;
        }
        steps.push(format!("{} {}", state["step"], state["note"].as_str().unwrap_or_default()));
    }
    kill(Pid::from_raw(i32::try_from(notes.id())?), Signal::SIGKILL).ok(); // or it has ended by itself
    notes.wait()?;
    Ok(steps)
}

/// In the middle of a recording, a signal: no file, no folder, and nobody.
fn leaves_nothing(signal: Signal) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let scenario = write(folder.path(), &LONG.replace("sleep 3", "touch begun; sleep 4711"))?;
    let cast = folder.path().join("long.cast");
    let temporary = folder.path().join("tmp");
    fs_err::create_dir(&temporary)?;
    let mut command = demo(&[&scenario, "--record", &cast.display().to_string()]);
    let mut setsid = command.env("TMPDIR", &temporary).stderr(Stdio::null()).spawn()?;
    // setsid has become a parent only where it had to fork; it is no leader here, so it has become the demo itself.
    wait_until(|| begun(&temporary))?;
    kill(Pid::from_raw(i32::try_from(setsid.id())?), signal)?;
    let code = setsid.wait()?;
    let mut left: Vec<_> = names(folder.path())?;
    left.extend(names(&temporary)?);
    if code.success() || left != ["long.toml", "tmp"] {
        return Err(format!("{code}; left behind: {left:?}").into());
    }
    Ok(())
}

/// Whether the second step runs.
fn begun(temporary: &Path) -> bool {
    let folders = fs_err::read_dir(temporary).into_iter().flatten().flatten();
    folders.into_iter().any(|folder| folder.path().join("begun").exists())
}

fn names(folder: &Path) -> Result<Vec<String>, Failed> {
    let mut names = Vec::new();
    for entry in fs_err::read_dir(folder)? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

fn wait_until(condition: impl Fn() -> bool) -> Result<(), Failed> {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !condition() {
        if Instant::now() > deadline {
            return Err("it has not begun".into());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

fn a_demo_that_fails_is_not_recorded() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let scenario = write(folder.path(), &LONG.replace("sleep 3; echo two", "echo three"))?;
    let cast = folder.path().join("long.cast");
    let output = demo(&[&scenario, "--record", &cast.display().to_string()]).output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.success()
        || !said.contains("nothing was recorded")
        || names(folder.path())? != ["long.toml"]
    {
        return Err(format!("{}: {said}", output.status).into());
    }
    Ok(())
}

fn a_folder_that_is_not_there() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let scenario = write(folder.path(), &LONG.replace("sleep 3", "sleep 4711"))?;
    let cast = folder.path().join("nowhere/long.cast");
    let output = demo(&[&scenario, "--record", &cast.display().to_string()]).output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.success() || !said.contains("nowhere") {
        return Err(format!("{}: {said}", output.status).into());
    }
    Ok(())
}
