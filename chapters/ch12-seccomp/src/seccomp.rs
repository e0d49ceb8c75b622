//! Seccomp: a program in the kernel that decides over each call before the kernel's own code runs.
//!
//! Runs in: parent (compile), child (load). After: everything that needs a call which the filter refuses, and
//! `no_new_privs`. Before: execve.
//! Kernel: seccomp(2), prctl(2) PR_SET_NO_NEW_PRIVS, Documentation/userspace-api/seccomp_filter.rst.
//! See it: `grep Seccomp /proc/self/status`, inside and outside; `seccomp-tools dump`.
//!
//! What it does not do: a program of another architecture, such as a 32-bit one, is killed (SIGSYS) at its first call,
//! where Docker has a second table for it. Calls that are newer than our table answer ENOSYS, as with runc.

use std::{collections::BTreeMap, path::PathBuf, str::FromStr};

use libc::sock_filter;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
};
use serde::Serialize;
use serde_json::Value;
use sys::{Error, Result};

use crate::{
    calls::Architecture,
    oci,
    profile::{Action, Condition, Operator, Profile, Rule, Target},
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
#[derive(Clone, Debug, Default)]
pub struct Filter {
    programs: Vec<Vec<sock_filter>>,
}

/// Read the chosen profile, and compile it for a command that has the capabilities called `held`. Before the root is
/// gone: the file is the host's.
pub fn compile(options: &[SecurityOpt], held: &[&str]) -> Result<Filter> {
    let target = Target::here(held)?;
    match chosen(options)? {
        Some(profile) => programs(&profile.resolve(&target), target.architecture),
        None => Ok(Filter::default()),
    }
}

/// Load it: from here on it decides over each call of this process and of all its children, forever.
pub fn load(filter: &Filter) -> Result<()> {
    filter.programs.iter().try_for_each(|program| sys::seccomp_set_mode_filter(program))
}

/// The last `--security-opt seccomp=` wins, and where there is none, the default profile; `None` is unconfined.
fn chosen(options: &[SecurityOpt]) -> Result<Option<Profile>> {
    match options.iter().rev().find(|option| **option != SecurityOpt::NoNewPrivileges) {
        Some(SecurityOpt::Unconfined) => Ok(None),
        Some(SecurityOpt::Profile(path)) => Profile::read(path).map(Some),
        _ => Profile::ours().map(Some),
    }
}

/// One program for each action: the strictest answer wins.
///
/// The compiler makes programs with two answers, and a profile has more. But the kernel asks all programs that are
/// loaded, and the strictest answer counts. So the main one answers the default to all calls but those which the rules
/// name, and each other one refuses in its own way what its rules name; to all else they say yes. That a rule refuses as
/// the default does matters where another allows the rest of the same call: then it is in a program of its own, too.
fn programs(profile: &Profile, architecture: Architecture) -> Result<Filter> {
    let default = profile.default_outcome();
    let calls = architecture.calls();
    let named = table(profile, &calls, |outcome| outcome != default)?;
    let mut compiled = Vec::new(); // whether it refuses seccomp(2) itself, and the program
    for (done, outcome) in profile.syscalls.iter().map(Rule::outcome).enumerate() {
        let before = profile.syscalls[..done].iter().map(Rule::outcome);
        if outcome == ALLOW || before.clone().any(|other| other == outcome) {
            continue;
        }
        let mut refused = table(profile, &calls, |other| other == outcome)?;
        refused.retain(|call, _| outcome != default || named.contains_key(call));
        compiled.push((refused.contains_key(&libc::SYS_seccomp), program(refused, ALLOW, outcome, architecture)?));
    }
    let main = if default == ALLOW { (BTreeMap::new(), LOG) } else { (named, ALLOW) };
    ...
}
