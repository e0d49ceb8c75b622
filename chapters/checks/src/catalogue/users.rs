//! Checks of chapter 10: the user namespace, and who the command is in it.

use std::{
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::Path,
    process::ExitCode,
};

use sys::{CloneFlags, Gid, MsFlags, Pid, Side, Signal};

use super::{memory::shell_words, shell};
use crate::{
    Scene, User,
    scene::{self, Running, Stop},
    subject::Request,
};

pub(super) fn root_inside(scene: &Scene) -> Result<String, Stop> {
    let sleep = shell_words(&scene::probe(["sleep", "who"])?);
    let script = format!("grep ^Uid: /proc/self/status | cut -f 2,3; exec {sleep}");
    let mut running =
        scene.start(&Request { userns: true, command: shell(&script), ..Request::default() })?;
    let inside = running.line()?.replace('\t', ", ");
    let command = running.wait_for("who")?;
    let outside = owner(command)?;
    let outside = if outside == 0 { "root".to_owned() } else { "somebody else".to_owned() };
    let runtime = where_is(&running)?;
    Ok(format!("inside: {inside}\noutside: {outside}\nthe runtime {runtime}"))
}

/// Whether the runtime is in our own user namespace or in another.
fn where_is(runtime: &Running) -> Result<&'static str, Stop> {
    let stays = user_namespace(Pid::from_raw(i32::try_from(runtime.pid()).unwrap_or_default()))?
        == user_namespace(Pid::this())?;
    Ok(if stays { "stays outside" } else { "is inside" })
}

/// Who owns a process, as we see it.
fn owner(pid: Pid) -> Result<u32, Stop> {
    let status = fs_err::read_to_string(format!("/proc/{pid}/status"))?;
    let uid =
        status.lines().find_map(|line| line.strip_prefix("Uid:")?.split_whitespace().nth(1)?.parse().ok());
    uid.ok_or_else(|| Stop::Failed("it has no owner".into()))
}

fn user_namespace(pid: Pid) -> Result<std::path::PathBuf, Stop> {
    Ok(fs_err::read_link(Path::new("/proc").join(pid.to_string()).join("ns/user"))?)
}

pub(super) fn user(scene: &Scene) -> Result<String, Stop> {
    one_id_only()?;
    join_another_group()?;
    let status = ["/bin/cat", "/proc/self/status"].map(Into::into).to_vec();
    let ended =
        scene.run_with(&Request { user: Some(1000), command: status, ..Request::default() }, |caller| {
            caller.env("LC_ALL", "C");
        })?;
    let line = |name: &str| {
        let line = ended.stdout.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        line.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    Ok(format!("user: {}\ngroup: {}\nother groups: {}", line("Uid:"), line("Gid:"), line("Groups:")))
}

/// Whoever changes his user loses the promise that he dies with his parent, prctl(2).
pub(super) fn user_dies_with_runtime(scene: &Scene) -> Result<String, Stop> {
    one_id_only()?;
    let sleep = scene::probe(["sleep", "as-user"])?;
    let mut running = scene.start(&Request { user: Some(1000), command: sleep, ..Request::default() })?;
    let owner = owner(running.wait_for("as-user")?)?;
    running.signal(Signal::SIGKILL)?;
    let gone = if scene::is_gone("as-user")? { "gone" } else { "still running" };
    Ok(format!("user {owner}: {gone}"))
}

/// The caller is in one more group, as most are.
fn join_another_group() -> Result<(), Stop> {
    const ANOTHER: Gid = Gid::from_raw(4);
    if sys::read("/proc/self/setgroups")?.trim() == "allow" {
        sys::setgroups(&[ANOTHER])?;
    }
    Ok(())
}

/// With one id nobody else can be the command. But the calls, and their order, are the same for root's own number.
pub(super) fn user_order(scene: &Scene) -> Result<String, Stop> {
    let calls = scene.calls_of_child(&["--user", "0:0"])?;
    let is_change = |call: &String| call.starts_with("setgid(") || call.starts_with("setuid(");
    let matters = |call: &String| is_change(call) || call.starts_with("prctl(PR_SET_PDEATHSIG");
    let calls: Vec<String> = calls.into_iter().filter(matters).skip_while(|call| !is_change(call)).collect();
    Ok(calls.join("\n"))
}

pub(super) fn own_id(scene: &Scene) -> Result<String, Stop> {
    let (user, group) = scene.caller();
    let sleep = shell_words(&scene::probe(["sleep", "mapped"])?);
    let script = format!("cat /proc/self/uid_map /proc/self/gid_map </dev/null; exec {sleep}");
    let mut running = scene.start(&Request { command: shell(&script), ..Request::default() })?;
    let mut extent = |name: &str, caller: u32| -> Result<String, Stop> {
        let line = running.line()?;
        match line.split_whitespace().collect::<Vec<_>>()[..] {
            ["0", outside, "1"] if outside == caller.to_string() => Ok(format!("{name}: 0 is the caller")),
            _ => Ok(format!("{name}: {line}")),
        }
    };
    let maps = [extent("uid_map", user)?, extent("gid_map", group)?].join("\n");
    running.wait_for("mapped")?;
    let runtime = where_is(&running)?;
    // In his own fence he may not leave his groups already, and so nobody inside: there only the calls tell.
    let explained = scene.explain(&[])?;
    let calls = scene::calls(&explained, Side::Parent);
    let position = |text: &str| calls.iter().position(|call| call.contains(text));
    let denied = position("/setgroups\", \"deny\"").is_some_and(|deny| Some(deny) < position("/gid_map\", "));
    let denied = if denied { "denied before gid_map" } else { "not denied before gid_map" };
    Ok(format!("{maps}\nsetgroups: {denied}\nthe runtime {runtime}"))
}

/// In a fence newuidmap has no power. It only shows what it was asked for: in its place stands a program that writes
/// that down, and users and their ids are those of an `/etc` of our own.
pub(super) fn subordinate_ids(scene: &Scene) -> Result<String, Stop> {
    let (user, _) = scene.caller();
    let asked = scene.folder.join("asked");
    let programs = scene.folder.join("programs");
    fs_err::create_dir(&programs)?;
    for name in ["newuidmap", "newgidmap"] {
        let program = programs.join(name);
        fs_err::write(&program, format!("#!/bin/sh\nshift; echo \"$*\" >>{asked:?}; exit 1\n"))?;
        fs_err::set_permissions(program, PermissionsExt::from_mode(0o755))?;
    }
    sys::mount(Some("etc"), "/etc", Some("tmpfs"), MsFlags::empty(), Some("mode=755"))?;
    fs_err::write("/etc/passwd", format!("root:x:0:0::/:/bin/sh\nada:x:{user}:{user}::/:/bin/sh\n"))?;
    let asked_with = |subordinate: &str| -> Result<String, Stop> {
        fs_err::write("/etc/subuid", subordinate)?;
        fs_err::write("/etc/subgid", subordinate)?;
        fs_err::write(&asked, "")?;
        fs_err::set_permissions(&asked, PermissionsExt::from_mode(0o666))?; // the caller writes to it
        scene.run_with(&Request { command: shell("true"), ..Request::default() }, |caller| {
            caller.env("PATH", &programs);
        })?;
        let text = fs_err::read_to_string(&asked)?;
        let text = text.trim().replace(&format!("0 {user} 1 "), "0 CALLER 1 ");
        Ok(if text.is_empty() { "nothing".to_owned() } else { text })
    };
    Ok(format!(
        "a range for his name: {}\na range for his number: {}\nranges for others: {}",
        asked_with("adam:1:2\nada:100000:65536\n")?,
        asked_with(&format!("{user}0:3:4\n{user}:200000:65536\n"))?,
        asked_with("eve:5:6\n")?
    ))
}

pub(super) fn keep_id(scene: &Scene) -> Result<String, Stop> {
    let (user, group) = scene.caller();
    let place = scene.folder.join("place");
    fs_err::create_dir(&place)?;
    fs_err::set_permissions(&place, PermissionsExt::from_mode(0o777))?;
    let file = place.join("made-inside");
    let words = shell_words(&[file.clone().into_os_string()]);
    let script = format!("grep '^[UG]id:' /proc/self/status | cut -f 3; echo >{words}");
    let request = Request { flags: vec!["--keep-id".into()], command: shell(&script), ..Request::default() };
    let ended = scene.run(&request)?;
    let is_callers = |number: &str, caller: u32| {
        if number == caller.to_string() { "the caller's".to_owned() } else { number.to_owned() }
    };
    let [inside, group_inside] = ended.stdout.lines().collect::<Vec<_>>()[..] else {
        return Err(Stop::Failed(format!("no answer from inside, {ended}: {}", ended.stderr)));
    };
    let owner = fs_err::metadata(&file).map_or_else(|error| error.to_string(), |file| file.uid().to_string());
    Ok(format!(
        "user inside: {}\ngroup inside: {}\nits file outside: {}",
        is_callers(inside, user),
        is_callers(group_inside, group),
        is_callers(&owner, user)
    ))
}

/// Where AppArmor holds ordinary users back, they may make a user namespace, and have no power in it.
pub(crate) fn make_user_namespace() -> sys::Result<ExitCode> {
    sys::unshare(CloneFlags::CLONE_NEWUSER)?;
    sys::write("/proc/self/setgroups", "deny")?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn one_id_only() -> Result<(), Stop> {
    match User::current() {
        User::Root => Ok(()),
        User::Ordinary => {
            Err(Stop::DoesNotApply("an ordinary user has one id in the fence: root".to_owned()))
        }
    }
}

/// Whether a file on the host is a program that makes everybody root.
pub(crate) fn makes_root(file: &Path) -> bool {
    fs_err::metadata(file).is_ok_and(|file| file.uid() == 0 && file.mode() & 0o4001 == 0o4001)
}
