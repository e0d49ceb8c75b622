//! Checks of chapter 12: the filter over system calls.

use std::process::ExitCode;

use serde_json::{Value, json};

use super::shell;
use crate::{
    Scene,
    probe::print_json,
    scene::{self, Ended, Stop},
    subject::{Request, Seccomp},
};

pub(super) fn seccomp_filter(scene: &Scene) -> Result<String, Stop> {
    let mode = |seccomp: Seccomp| -> Result<String, Stop> {
        let command = shell("grep ^Seccomp: /proc/self/status | cut -f 2");
        Ok(scene.run(&Request { seccomp, command, ..Request::default() })?.stdout.trim().to_owned())
    };
    Ok(format!("mode: {}\nmode when unconfined: {}", mode(Seccomp::Default)?, mode(Seccomp::Unconfined)?))
}

pub(super) fn refused_calls(scene: &Scene) -> Result<String, Stop> {
    scene.run(&Request { command: scene::probe(["make-harmless-calls"])?, ..Request::default() })?.json()
}

/// The half inside of [`refused_calls`].
pub(crate) fn make_harmless_calls() -> sys::Result<ExitCode> {
    let line = |(name, errno): (&str, Option<sys::Errno>)| {
        format!("{name}: {}", errno.map_or("done".to_owned(), |errno| format!("{errno:?}")))
    };
    print_json(&sys::harmless_calls().into_iter().map(line).collect::<Vec<_>>().join("\n"))
}

/// Profiles in the form that Docker's `--security-opt seccomp=FILE` and the OCI's `config.json` share.
pub(super) fn seccomp_profile(scene: &Scene) -> Result<String, Stop> {
    let query = json!([{"index": 0, "value": 0xffff_ffff_u32, "op": "SCMP_CMP_EQ"}]);
    let other = json!([{"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}]);
    let errors = json!({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
        {"names": ["unshare", "a_call_of_the_future"], "action": "SCMP_ACT_ERRNO", "errnoRet": 28},
        {"names": ["personality"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38, "args": query},
        {"names": ["umount2"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38, "args": other},
    ]});
    let lines: String = with_profile(scene, &errors)?.json()?;
    let told = ["unshare", "personality(query)", "umount2"];
    let told = told.map(|name| lines.lines().find(|line| line.starts_with(name)).unwrap_or_default());
    let death = json!({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
        {"names": ["keyctl"], "action": "SCMP_ACT_KILL_PROCESS"},
    ]});
    Ok(format!("{}\nkeyctl, when it kills: {}", told.join("\n"), with_profile(scene, &death)?))
}

fn with_profile(scene: &Scene, profile: &Value) -> Result<Ended, Stop> {
    let file = scene.folder.join("profile.json");
    fs_err::write(&file, profile.to_string())?;
    let command = scene::probe(["make-harmless-calls"])?;
    scene.run(&Request { seccomp: Seccomp::Profile(file), command, ..Request::default() })
}

/// What a capability lets the kernel do, the filter lets through as well.
pub(super) fn capability_opens(scene: &Scene) -> Result<String, Stop> {
    let command = scene::probe(["make-harmless-calls"])?;
    let request = Request { cap_add: vec!["SYS_ADMIN".into()], command, ..Request::default() };
    let lines: String = scene.run(&request)?.json()?;
    let told = |name: &str| lines.lines().find(|line| line.starts_with(name)).unwrap_or_default().to_owned();
    Ok(["unshare", "setns", "clone3", "keyctl"].map(told).join("\n"))
}

/// What the child itself still calls when the filter is loaded.
pub(super) fn filter_is_last(scene: &Scene) -> Result<String, Stop> {
    let explained = scene.explain(&[])?;
    let calls = explained.lines().filter_map(|line| line.split('│').nth(2)).map(str::trim);
    let calls: Vec<&str> = calls.filter(|call| call.contains('(')).collect();
    let name = |call: &str| call.split('(').next().unwrap_or_default().to_owned();
    let Some(first) = calls.iter().position(|call| call.starts_with("seccomp(")) else {
        return Ok("it is never loaded".to_owned());
    };
    let later: Vec<String> =
        calls[first..].iter().map(|call| name(call)).filter(|call| call != "seccomp").collect();
    Ok(format!("after it: {}", later.join(" ")))
}

/// A profile in Docker's form whose rules count under conditions, some of which hold.
pub(super) fn profile_conditions(scene: &Scene) -> Result<String, Stop> {
    let includes = |conditions: Value| json!({ "includes": conditions });
    let excludes = |conditions: Value| json!({ "excludes": conditions });
    let two = json!({ "caps": ["CAP_KILL", "CAP_SYS_BOOT"] });
    let another = json!({ "arches": ["s390x"] });
    let rules = [
        ("add_key", "for a capability that it has", includes(json!({ "caps": ["CAP_KILL"] }))),
        ("userfaultfd", "for a capability that it has not", includes(json!({ "caps": ["CAP_SYS_BOOT"] }))),
        ("keyctl", "for two, of which it has one", includes(two.clone())),
        ("request_key", "for a kernel since 3.0", includes(json!({ "minKernel": "3.0" }))),
        ("setns", "for a kernel of the future", includes(json!({ "minKernel": "99.0" }))),
        ("unshare", "for another architecture", includes(another.clone())),
        ("umount2", "not for two, of which it has one", excludes(two)),
        ("ptrace", "not for another architecture", excludes(another)),
        ("clone3", "always", json!({})),
    ];
    let mut profile = json!({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": []});
    for (name, _, conditions) in &rules {
        let mut rule = conditions.clone();
        rule["names"] = json!([name]);
        rule["action"] = "SCMP_ACT_ERRNO".into();
        rule["errnoRet"] = 28.into();
        profile["syscalls"].as_array_mut().expect("it is made as an array").push(rule);
    }
    let lines: String = with_profile(scene, &profile)?.json()?;
    let told = rules.map(|(name, what, _)| {
        let is_refused = lines.lines().any(|line| line == format!("{name}: ENOSPC"));
        format!("{what}: {}", if is_refused { "counts" } else { "does not count" })
    });
    Ok(told.join("\n"))
}

/// A list of what is refused, alone and beside the default filter.
pub(super) fn blocklist(scene: &Scene) -> Result<String, Stop> {
    let with = |names: &str, seccomp: Seccomp, told: &[&str]| -> Result<String, Stop> {
        let flags = vec!["--block".into(), names.into()];
        let command = scene::probe(["make-harmless-calls"])?;
        let ended = scene.run(&Request { flags, seccomp, command, ..Request::default() })?;
        let status = ended.to_string();
        let Ok(lines) = ended.json::<String>() else { return Ok(format!("no answer, {status}")) };
        let told: Vec<&str> =
            lines.lines().filter(|line| told.iter().any(|name| line.starts_with(name))).collect();
        Ok(told.join(", "))
    };
    let flags = vec!["--block".into(), "no_such_call".into()];
    let unknown = scene.run(&Request { flags, command: shell("true"), ..Request::default() })?;
    Ok(format!(
        "alone: {}\nbeside the default one: {}\na call that there is not: {}",
        with(
            "mount,keyctl,unshare",
            Seccomp::Unconfined,
            &["getpid", "keyctl", "mount", "setns", "unshare"]
        )?,
        with("personality", Seccomp::Default, &["getpid", "personality"])?,
        if unknown.status.success() { "taken" } else { "an error" }
    ))
}

pub(super) fn refused_calls_are_told(scene: &Scene) -> Result<String, Stop> {
    let command = scene::probe(["make-harmless-calls"])?;
    let flags = vec!["--report-refusals".into()];
    let ended = scene.run(&Request { flags, command, ..Request::default() })?;
    let told = ["unshare(2)", "keyctl(2)", "getpid(2)"].map(|name| {
        let is_told = ended.stderr.lines().any(|line| line.contains("refused") && line.contains(name));
        format!("{name}: {}", if is_told { "told" } else { "not told" })
    });
    let answers: String = ended.json()?;
    let answer = answers.lines().find(|line| line.starts_with("unshare")).unwrap_or_default();
    Ok(format!("{}\nto the program, {answer}", told.join("\n")))
}
