//! Podman and bubblewrap, where they are installed: what they pass of a chosen list, and why not the rest.
//!
//! The list leaves out what differs between their versions, between kernels, and between versions of control groups.

use std::{fmt::Write, process::ExitCode};

use checks::{Check, Subject, User, Verdict, attack, check, find_attack, find_check, harness};
use libtest_mimic::{Completion, Failed, Trial};

const CHECKS: &[&str] = &[
    "exit_status",
    "descriptors",
    "signal_forwarding",
    "dies_with_runtime",
    "own_hostname",
    "pid_1",
    "own_mounts",
    "own_network",
    "own_cgroup",
    "pids_limit",
    "own_root",
    "given_root",
    "volumes",
    "read_only_root",
    "layers",
    "root_inside",
    "no_new_privs",
    "seccomp_filter",
];

const ATTACKS: &[&str] = &[
    "steal_variables",
    "use_open_file",
    "kill_neighbour",
    "outlive",
    "cover_files",
    "reach_runtime",
    "use_local_service",
    "fork_bomb",
    "read_host_file",
    "escape_chroot",
    "poison_image",
    "unshare_again",
];

fn main() -> ExitCode {
    let trial = |subject: Subject| Trial::ignorable_test(subject.name().to_owned(), move || column(&subject));
    harness::main_with(|| [Subject::Podman, Subject::Bubblewrap].map(trial).into())
}

/// Podman is several processes, and on a busy machine it can lose a signal that comes before all of them are there. Who
/// forwards the second one has the feature. Every other question is asked once.
fn ask(row: &Check, subject: &Subject) -> Verdict {
    match check(row, subject) {
        Verdict::Failed { known: None, .. } if row.name == "signal_forwarding" => check(row, subject),
        other => other,
    }
}

/// The marks of the table, and their footnotes.
fn column(subject: &Subject) -> Result<Completion, Failed> {
    if let Some(reason) = subject.missing() {
        return harness::could_not_run(&reason);
    }
    if matches!(subject, Subject::Podman) && User::current() == User::Ordinary {
        return Ok(Completion::ignored_with("Podman is not run by an ordinary user in the fence"));
    }
    let checks = CHECKS.iter().map(|name| (name, find_check(name).map(|row| ask(row, subject))));
    let attacks = ATTACKS.iter().map(|name| (name, find_attack(name).map(|row| attack(row, subject))));
    let mut column = String::new();
    for (name, verdict) in checks.chain(attacks) {
        let (mark, why) = match verdict.ok_or_else(|| format!("there is no row {name}"))? {
            Verdict::Passed { .. } => ("✓", None),
            Verdict::Failed { observed, known: None, .. } => ("✗", Some(observed)),
            Verdict::Failed { known, .. } => ("✗", known.map(str::to_owned)),
            Verdict::DoesNotApply { reason } => ("–", Some(reason)),
            Verdict::CouldNotRun { reason } => return harness::could_not_run(&format!("{name}: {reason}")),
        };
        let why = why.map_or_else(String::new, |why| format!(": {why}"));
        writeln!(column, "{mark} {name}{why}")?;
    }
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(format!("engines__{}", subject.name()), column);
    });
    Ok(Completion::Completed)
}
