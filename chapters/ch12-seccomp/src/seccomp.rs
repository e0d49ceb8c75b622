//! Seccomp: a program in the kernel that decides over each call before the kernel's own code runs.
//!
//! Runs in: child, `compile` early and `load` last. After: everything that needs a call which the filter refuses, and
//! `no_new_privs`. Before: execve.
//! Kernel: seccomp(2), prctl(2) PR_SET_NO_NEW_PRIVS, Documentation/userspace-api/seccomp_filter.rst.
//! See it: `grep Seccomp /proc/self/status`, inside and outside; `seccomp-tools dump`.
//!
//! What it does not do: a program of another architecture, such as a 32-bit one, is killed (SIGSYS) at its first call,
//! where Docker has a second table for it. Calls that are newer than our table answer ENOSYS, as with runc.

use std::{path::PathBuf, str::FromStr};

use ch01::protocol::Channel;
use libc::sock_filter;
use serde::Serialize;
use serde_json::Value;
use sys::{Error, Result};

use crate::{
    calls::Architecture,
    oci,
    profile::{Action, Profile, Rule, Target},
    program, refusals,
};

/// What `--security-opt` asks for, as Docker's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecurityOpt {
    /// `seccomp=FILE`: the profile in that file of the host.
    Profile(PathBuf),
    /// `seccomp=unconfined`: no filter.
    Unconfined,
    /// `no-new-privileges`, which is always so here.
    NoNewPrivileges,
}

impl FromStr for SecurityOpt {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<SecurityOpt, &'static str> {
        match text.split_once('=').unwrap_or((text, "")) {
            ("seccomp", "unconfined") => Ok(SecurityOpt::Unconfined),
            ("seccomp", file) if !file.is_empty() => Ok(SecurityOpt::Profile(file.into())),
            ("no-new-privileges", "" | "true") => Ok(SecurityOpt::NoNewPrivileges),
            ("no-new-privileges", _) => Err("no-new-privileges is always so here and cannot be taken back"),
            _ => Err("seccomp=FILE, seccomp=unconfined or no-new-privileges"),
        }
    }
}

/// Programs for the kernel, in the order in which they are loaded.
#[derive(Clone, Debug)]
pub struct Filter {
    programs: Vec<Vec<sock_filter>>,
    /// Whether the listener can still be sent once they are loaded.
    allows_sendmsg: bool,
}

/// Read the chosen profile, and compile it for a command that has the capabilities called `held`. Before the root is
/// gone: the file is the host's.
pub fn compile(options: &[SecurityOpt], held: &[&str]) -> Result<Filter> {
    let target = Target::here(held)?;
    let profile = chosen(options)?.map(|profile| profile.resolve(&target));
    let compiled = profile.as_ref().map(|profile| program::compile(profile, target.architecture));
    let allows_sendmsg = profile.is_none_or(|profile| reach(&profile, "sendmsg") == Reach::Free);
    Ok(Filter { programs: compiled.transpose()?.unwrap_or_default(), allows_sendmsg })
}

/// Load it: from here on it decides over each call of this process and of all its children, forever. What the runtime
/// still does itself before execve, the filter must allow as well.
pub fn load(filter: &Filter, report: bool, parent: &mut Channel) -> Result<()> {
    if report {
        return load_and_report(filter, parent);
    }
    filter.programs.iter().try_for_each(|program| sys::seccomp_set_mode_filter(program))
}

/// The same, and the refusals are told: by the parent, who gets the listener.
fn load_and_report(filter: &Filter, parent: &mut Channel) -> Result<()> {
    if !filter.allows_sendmsg {
        return Err(Error::new("--report-refusals")
            .why("this filter refuses sendmsg(2), which takes the listener out"));
    }
    let (telling, rest) = refusals::telling(&filter.programs)?;
    rest.iter().try_for_each(|program| sys::seccomp_set_mode_filter(program))?;
    parent.give(&sys::seccomp_set_mode_filter_with_listener(&telling)?)
}

/// What a command may call, counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// How many calls this architecture has, as far as our table goes.
    pub calls: usize,
    /// How many of them may be made with all arguments.
    pub free: usize,
    /// How many may be made with some.
    pub conditional: usize,
    /// The others.
    pub refused: Vec<String>,
}

/// What the chosen profile allows to a command that has the capabilities called `held`.
pub fn summary(options: &[SecurityOpt], held: &[&str]) -> Result<Summary> {
    let target = Target::here(held)?;
    let profile = chosen(options)?.map(|profile| profile.resolve(&target));
    Ok(count(profile.as_ref(), target.architecture))
}

/// The chosen profile in the OCI's form, for `linux.seccomp` of a `config.json`; `null` is unconfined.
pub fn oci_json(options: &[SecurityOpt], held: &[&str]) -> Result<Value> {
    let target = Target::here(held)?;
    let profile = chosen(options)?.map(|profile| profile.resolve(&target));
    Ok(profile.map_or(Value::Null, |profile| oci::form(&profile, target.architecture)))
}

/// The last `--security-opt seccomp=` wins, and where there is none, the default profile; `None` is unconfined.
fn chosen(options: &[SecurityOpt]) -> Result<Option<Profile>> {
    match options.iter().rev().find(|option| **option != SecurityOpt::NoNewPrivileges) {
        Some(SecurityOpt::Unconfined) => Ok(None),
        Some(SecurityOpt::Profile(path)) => Profile::read(path).map(Some),
        _ => Profile::ours().map(Some),
    }
}

/// How far a call comes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    Free,
    Conditional,
    Refused,
}

fn count(profile: Option<&Profile>, architecture: Architecture) -> Summary {
    let calls = architecture.calls();
    let reaches: Vec<(&str, Reach)> = calls
        .keys()
        .map(|name| (*name, profile.map_or(Reach::Free, |profile| reach(profile, name))))
        .collect();
    let having = |wanted| reaches.iter().filter(move |(_, reach)| *reach == wanted);
    Summary {
        calls: calls.len(),
        free: having(Reach::Free).count(),
        conditional: having(Reach::Conditional).count(),
        refused: having(Reach::Refused).map(|(name, _)| (*name).to_owned()).collect(),
    }
}

fn reach(profile: &Profile, call: &str) -> Reach {
    let passes = |action: Action| action <= Action::Log;
    let rules: Vec<&Rule> =
        profile.syscalls.iter().filter(|rule| rule.names.iter().any(|name| name == call)).collect();
    let (always, sometimes): (Vec<&Rule>, Vec<&Rule>) = rules.iter().partition(|rule| rule.args.is_empty());
    let strictest = always.iter().map(|rule| rule.action).max();
    let differs = |usual: bool| sometimes.iter().any(|rule| passes(rule.action) != usual);
    match (passes(strictest.unwrap_or(profile.default_action)), strictest) {
        (true, _) if differs(true) => Reach::Conditional,
        (true, _) => Reach::Free,
        (false, None) if differs(false) => Reach::Conditional,
        (false, _) => Reach::Refused,
    }
}

#[cfg(test)]
mod tests;
