//! One source for stubs and solutions: the chapters' own units.
//!
//! A solution is the unit as it stands in its chapter, without its tests. A stub is the solution with the
//! parts of each exercise taken out. Both are committed; [`drift`] says where they are not what they
//! should be.

use std::path::{Path, PathBuf};

use sys::{Error, Result};

use crate::{EXERCISES, Exercise, Part, text};

/// The units that a student's runtime consists of, and where they come from.
const UNITS: &[(&str, &str)] = &[
    ("environment.rs", "chapters/ch01-process/src"),
    ("process.rs", "chapters/ch01-process/src"),
    ("protocol.rs", "chapters/ch01-process/src"),
    ("signals.rs", "chapters/ch01-process/src"),
    ("hostname.rs", "chapters/ch02-hostname/src"),
    ("rootless.rs", "chapters/ch02-hostname/src"),
    ("pid_namespace.rs", "chapters/ch03-pid-namespace/src"),
    ("mounts.rs", "chapters/ch04-mount-namespace/src"),
    ("bridge.rs", "chapters/ch05-network-namespace/src"),
    ("janitor.rs", "chapters/ch05-network-namespace/src"),
    ("nat.rs", "chapters/ch05-network-namespace/src"),
    ("netlink.rs", "chapters/ch05-network-namespace/src"),
    ("network.rs", "chapters/ch05-network-namespace/src"),
    ("cgroup.rs", "chapters/ch06-memory/src"),
    ("delegation.rs", "chapters/ch06-memory/src"),
    ("hierarchy.rs", "chapters/ch06-memory/src"),
    ("memory.rs", "chapters/ch06-memory/src"),
    ("cgroup_namespace.rs", "chapters/ch07-pids-and-cpu/src"),
    ("cpu.rs", "chapters/ch07-pids-and-cpu/src"),
    ("pids.rs", "chapters/ch07-pids-and-cpu/src"),
    ("cgroupfs.rs", "chapters/ch08-pivot-root/src"),
    ("default_root.rs", "chapters/ch08-pivot-root/src"),
    ("devices.rs", "chapters/ch08-pivot-root/src"),
    ("masks.rs", "chapters/ch08-pivot-root/src"),
    ("root.rs", "chapters/ch08-pivot-root/src"),
    ("rootfs.rs", "chapters/ch08-pivot-root/src"),
    ("sysfs.rs", "chapters/ch08-pivot-root/src"),
    ("volumes.rs", "chapters/ch08-pivot-root/src"),
    ("layers.rs", "chapters/ch09-layers/src"),
    ("subordinate.rs", "chapters/ch10-user-namespace/src"),
    ("user.rs", "chapters/ch10-user-namespace/src"),
    ("user_namespace.rs", "chapters/ch10-user-namespace/src"),
    ("capabilities.rs", "chapters/ch11-capabilities/src"),
    ("no_new_privs.rs", "chapters/ch11-capabilities/src"),
    ("own_program.rs", "chapters/ch11-capabilities/src"),
    ("calls.rs", "chapters/ch12-seccomp/src"),
    ("default.json", "chapters/ch12-seccomp/src"), // what is no source has nothing to replace, and stays as it is
    ("oci.rs", "chapters/ch12-seccomp/src"),
    ("profile.rs", "chapters/ch12-seccomp/src"),
    ("program.rs", "chapters/ch12-seccomp/src"),
    ("refusals.rs", "chapters/ch12-seccomp/src"),
    ("seccomp.rs", "chapters/ch12-seccomp/src"),
];

/// The chapter whose stage the student's runtime is when all is solved.
pub const CHAPTER: u8 = 12;

/// Its script.
const STAGE: &str = "chapters/ch12-seccomp/src/stage.rs";

/// The variations, which no chapter prints: their solutions are their own source.
const EXTEND: &str = "solutions/src/extend.rs";

/// Lines of the variations in the script, each behind a line of the chapter's.
const STAGE_EXTENDED: &[(&str, &str)] = &[
    (
        "hostname: String,",
        "
    /// Domain name of the container
    #[arg(long, value_name = \"NAME\")]
    domainname: Option<String>,

    /// How many files may be open: nofile=NUMBER
    #[arg(long, value_name = \"NAME=NUMBER\")]
    ulimit: Vec<String>,

    /// Write the PID of the command, as seen from outside, to this file
    #[arg(long, value_name = \"FILE\")]
    pid_file: Option<PathBuf>,

    /// Options for /proc, such as subset=pid
    #[arg(long, value_name = \"OPTIONS\")]
    proc_opts: Option<String>,

    /// Set a parameter of the container's network, such as net.ipv4.ip_default_ttl=42
    #[arg(long, value_name = \"NAME=VALUE\")]
    sysctl: Vec<String>,

    /// What memory the kernel should leave to the container when the machine is short of it, such as 32m
    #[arg(long, value_name = \"BYTES\")]
    memory_reservation: Option<memory::Bytes>,

    /// Say what has changed in the root, with --upper
    #[arg(long)]
    diff: bool,

    /// Give the container a device of the host's, such as /dev/fuse
    #[arg(long, value_name = \"DEVICE\")]
    device: Vec<PathBuf>,

    /// Let the command have the caller's number inside as well
    #[arg(long)]
    keep_id: bool,

    /// Let the kernel give root nothing for being root
    #[arg(long)]
    noroot: bool,

    /// Refuse these system calls, such as mount,unshare
    #[arg(long, value_name = \"CALL\", value_delimiter = ',')]
    block: Vec<String>,
",
    ),
    ("hostname::set(&run.hostname)?;", "    extend::set_domainname(run.domainname.as_deref())?;\n"),
    ("mounts::mount_proc()?;", "    extend::set_proc_options(run.proc_opts.as_deref())?;\n"),
    ("network::bring_loopback_up(run.network)?;", "    extend::set_sysctls(&run.sysctl)?;\n"),
    ("memory::limit(&group, run.memory)?;", "    extend::reserve_memory(&group, run.memory_reservation)?;\n"),
    ("memory::tell_of_kills(&group, status)?;", "    extend::tell_of_refusals(&group)?;\n"),
    (
        "let status = signals::forward_until_exit(&signals, container)?;",
        "    extend::tell_changes(run.diff, &run.layer, run.upper.as_deref())?;\n",
    ),
    ("devices::make(&root)?;", "    extend::bind_devices(&root, &run.device)?;\n"),
    ("capabilities::bound(&capabilities)?;", "    extend::set_noroot(run.noroot)?;\n"),
    ("user::switch(run.user)?;", "    extend::keep_id(run.keep_id)?;\n"),
    ("process::close_descriptors()?;", "    extend::set_ulimits(&run.ulimit)?;\n"),
    ("let environment = environment::clean(&run.process.env);", "    extend::block(&run.block)?;\n"),
    (
        "container.channel.expect_end()?;",
        "    extend::write_pid_file(run.pid_file.as_deref(), container.pid)?;\n",
    ),
];

/// What that script imports where all chapters are one crate.
const STAGE_IMPORTS: &str = "\
use std::{convert::Infallible, ffi::OsString, path::PathBuf, process::ExitCode};

use sys::{Result, WaitStatus};

use crate::{
    bridge, capabilities, cgroup, cgroup_namespace, cgroupfs, cpu, delegation, devices, environment, extend,
    hostname, janitor, layers, masks, memory, mounts, nat, network, no_new_privs, own_program, pid_namespace,
    pids, process,
    protocol::{Channel, Message},
    refusals, rootfs, seccomp, signals, sysfs, user, user_namespace, volumes,
};

";

/// A file that should stand in the workspace, and what should be in it.
pub struct Generated {
    /// Its path below the workspace.
    pub path: PathBuf,
    /// Its whole text.
    pub text: String,
}

/// All stubs and solutions, made anew from the chapters below `workspace`.
pub fn generate(workspace: &Path) -> Result<Vec<Generated>> {
    let mut files = Vec::new();
    let units = UNITS.iter().map(|(name, folder)| (*name, format!("{folder}/{name}")));
    let others = [("stage.rs", STAGE.to_owned()), ("extend.rs", EXTEND.to_owned())];
    for (name, source) in units.chain(others) {
        let mut solution = solution(&fs_err::read_to_string(workspace.join(&source))?);
        if name == "stage.rs" {
            solution = extended(&with_one_import(&solution))?;
        }
        let stub =
            EXERCISES.iter().try_fold(solution.clone(), |text, exercise| stub(&text, name, exercise))?;
        for (package, text) in [("solutions", solution), ("exercises", stub)] {
            files.push(Generated { path: Path::new(package).join("src").join(name), text });
        }
    }
    Ok(files)
}

/// The generated files below `workspace` that are not what they should be.
pub fn drift(workspace: &Path) -> Result<Vec<PathBuf>> {
    let differs = |file: &Generated| {
        fs_err::read_to_string(workspace.join(&file.path)).map_or(true, |text| text != file.text)
    };
    Ok(generate(workspace)?.into_iter().filter(differs).map(|file| file.path).collect())
}

/// A unit as it stands in a student's crate: without its tests, and with one crate instead of many.
fn solution(unit: &str) -> String {
    let unit = unit.split("\n#[cfg(test)]").next().unwrap_or(unit);
    let mut text = unit.trim_end().to_owned() + "\n";
    for chapter in 1..=12 {
        text = text.replace(&format!("ch{chapter:02}::"), "crate::");
        text = text.replace(&format!("\"ch{chapter:02}\""), "\"exercises\"");
    }
    let mut lines: Vec<&str> = text.lines().filter(|line| !line.contains("ANCHOR")).collect();
    for block in lines.chunk_by_mut(|line, next| line.starts_with("use ") && next.starts_with("use ")) {
        block.sort_by_key(|line| !line.starts_with("use crate::")); // where rustfmt has them
    }
    lines.into_iter().map(|line| format!("{line}\n")).collect()
}

/// The stage with the imports of one crate in the place of those of many.
fn with_one_import(stage: &str) -> String {
    let start = stage.find("use std::").unwrap_or_default();
    let end = stage.find("/// The flags of `run`").unwrap_or(start);
    [&stage[..start], STAGE_IMPORTS, &stage[end..]].concat()
}

/// The stage with the lines of the variations.
fn extended(stage: &str) -> Result<String> {
    STAGE_EXTENDED.iter().try_fold(stage.to_owned(), |text, (line, more)| {
        text::with_lines_after(&text, line, more)
            .ok_or_else(|| Error::new(format!("the stage of the chapter has no line {line:?}")))
    })
}

/// `text` of the file `name`, with the parts and lines of `exercise` taken out.
pub fn stub(text: &str, name: &str, exercise: &Exercise) -> Result<String> {
    let mut text = with_stubs(text, name, exercise)?;
    if name == "stage.rs" {
        for line in exercise.lines {
            text = text::without_line(&text, line)
                .ok_or_else(|| Error::new(format!("stage.rs has no line {line:?}")))?;
        }
    }
    Ok(text)
}

/// What [`stub`] makes, from a text that a student has worked on: lines that are not there are fine.
pub fn reset(text: &str, name: &str, exercise: &Exercise) -> Result<String> {
    let mut text = with_stubs(text, name, exercise)?;
    for line in exercise.lines.iter().filter(|_| name == "stage.rs") {
        text = text::without_line(&text, line).unwrap_or(text);
    }
    Ok(text)
}

/// `text` of the file `name` with the stubs of `exercise` in the place of its parts.
fn with_stubs(text: &str, name: &str, exercise: &Exercise) -> Result<String> {
    let mut parts = exercise.parts.iter().filter(|part| part.file() == name);
    parts.try_fold(text.to_owned(), |text, part| {
        let text = replace(&text, part, &stub_of(part, exercise))?;
        Ok(match part {
            // There is no room for a comment in a value, so it stands above; in a student's text it may be already.
            Part::Value { name, .. } if !text.contains(&format!("// Exercise {}: ", exercise.id)) => {
                let constant = format!("pub const {name}: ");
                text.replacen(&constant, &(comment(exercise, "") + &constant), 1)
            }
            _ => text,
        })
    })
}

/// `text` with `replacement` in the place of `part`.
fn replace(text: &str, part: &Part, replacement: &str) -> Result<String> {
    let (name, replaced) = match part {
        Part::Body { name, .. } => (name, text::with_body(text, name, replacement)),
        Part::Value { name, .. } => (name, text::with_value(text, name, replacement)),
    };
    replaced.ok_or_else(|| Error::new(format!("there is no {name} in {}", part.file())))
}

/// Whether the part of `exercise` in the student's `text` is still the stub.
pub fn is_stub(text: &str, exercise: &Exercise) -> bool {
    text.contains(&format!("not_written!(\"{}\"", exercise.id))
}

/// The exercise in whose function line `number` of the student's `text` of the file `name` stands.
pub fn exercise_at(name: &str, text: &str, number: usize) -> Option<&'static Exercise> {
    EXERCISES.iter().find(|exercise| {
        exercise.parts.iter().any(|part| match part {
            Part::Body { file, name: function, .. } if *file == name => {
                text::lines_of_body(text, function).is_some_and(|lines| lines.contains(&number))
            }
            _ => false,
        })
    })
}

/// Whether all lines of `exercise` are in the student's `stage`, be it without a question mark.
pub fn has_lines(stage: &str, exercise: &Exercise) -> bool {
    exercise.lines.iter().all(|line| text::has_code(stage, line.trim_end_matches(['?', ';', ','])))
}

fn stub_of(part: &Part, exercise: &Exercise) -> String {
    match part {
        Part::Value { instead, .. } => format!("not_written!({:?}, {instead})", exercise.id),
        Part::Body { instead, .. } => {
            let value = instead.map(|value| format!(", {value}")).unwrap_or_default();
            format!("{}    not_written!({:?}{value})\n", comment(exercise, "    "), exercise.id)
        }
    }
}

/// What is to be done, as a comment that is indented so.
fn comment(exercise: &Exercise, indent: &str) -> String {
    let (id, page) = (exercise.id, exercise.page);
    let title = format!("Exercise {id}: {}.", exercise.title);
    let more = format!("The page: {page}. A hint: cargo run -p exercises -- hint {id}");
    let lines = [title.as_str()].into_iter().chain(exercise.task.iter().copied()).chain([more.as_str()]);
    lines.map(|line| format!("{indent}// {line}\n")).collect()
}
