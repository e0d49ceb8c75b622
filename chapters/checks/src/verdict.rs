//! Verdicts: passed, failed, could not run here, or does not apply. Only the first is a pass.

use serde::{Deserialize, Serialize};

use crate::{
    ATTACKS, Attack, CHECKS, Check, EXTENSIONS, Needs, Scene, Subject, User, engines, fence, scene::Stop,
};

/// What is said about one check or attack on one subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "verdict")]
pub enum Verdict {
    /// It shows what a real runtime shows; it stops the attack.
    Passed {
        /// What was seen.
        observed: String,
    },
    /// It shows something else; the attack succeeds.
    Failed {
        /// What was seen.
        observed: String,
        /// What a real runtime shows.
        expected: String,
        /// Why this was to be expected, where it is known of a real runtime.
        #[serde(skip_serializing_if = "Option::is_none")]
        known: Option<&'static str>,
    },
    /// Nobody knows, and why.
    CouldNotRun {
        /// What is missing on this machine.
        reason: String,
    },
    /// The question makes no sense for this subject, and why.
    DoesNotApply {
        /// By whose choice.
        reason: String,
    },
}

impl Verdict {
    /// Whether the check was broken off because it did not end.
    pub fn never_ended(&self) -> bool {
        matches!(self, Verdict::Failed { observed, .. } if observed.starts_with(fence::NO_END))
    }
}

/// What the fence is asked to do.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Job {
    Check(String),
    Attack(String),
    Explain { flags: Vec<String>, check: String },
}

/// What the fence answers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Answer {
    Observed(String),
    Attacked { succeeded: bool, evidence: String },
    CouldNotRun(String),
    DoesNotApply(String),
}

impl Job {
    /// Whether it says nothing unless the attacker begins as the host's real root.
    pub(crate) fn needs_real_root(&self) -> bool {
        let Job::Attack(name) = self else { return false };
        find_attack(name).is_some_and(|attack| attack.needs == Needs::RealRoot)
    }

    /// Whether it is about an ordinary user, who calls the subject then, even in root's fence.
    pub(crate) fn is_by_ordinary_user(&self) -> bool {
        match self {
            Job::Check(name) | Job::Explain { check: name, .. } => {
                find_check(name).is_some_and(|check| check.ordinary)
            }
            Job::Attack(_) => false,
        }
    }

    /// Do it; this is already inside the fence.
    pub(crate) fn run(&self, scene: &Scene) -> Result<Answer, Stop> {
        if scene.ordinary {
            scene.needs_ordinary_user()?;
        }
        let unknown = || Stop::Failed(format!("there is no {self:?}"));
        match self {
            Job::Check(name) => {
                let check = find_check(name).ok_or_else(unknown)?;
                Ok(Answer::Observed((check.observe)(scene)?))
            }
            Job::Attack(name) => {
                let attack = find_attack(name).ok_or_else(unknown)?;
                let (succeeded, evidence) = (attack.attempt)(scene)?;
                Ok(Answer::Attacked { succeeded, evidence })
            }
            Job::Explain { flags, .. } => Ok(Answer::Observed(scene.explain(flags)?)),
        }
    }
}

/// The check called `name`.
pub fn find_check(name: &str) -> Option<&'static Check> {
    CHECKS.iter().chain(EXTENSIONS).find(|check| check.name == name)
}

/// The attack called `name`.
pub fn find_attack(name: &str) -> Option<&'static Attack> {
    ATTACKS.iter().find(|attack| attack.name == name)
}

/// What `subject` tells with `--explain` and `flags` while it runs `true`, called by the user whom the check or attack
/// called `check` is about; nothing if it cannot be started.
pub fn explain(subject: &Subject, flags: &[&str], check: &str) -> String {
    let flags = flags.iter().map(|&flag| flag.to_owned()).collect();
    match fence::run(&Job::Explain { flags, check: check.to_owned() }, subject) {
        Answer::Observed(text) => text,
        Answer::Attacked { .. } | Answer::CouldNotRun(_) | Answer::DoesNotApply(_) => String::new(),
    }
}

/// Examine `subject` with `check`.
pub fn check(check: &Check, subject: &Subject) -> Verdict {
    let exception = check.exception(subject).or_else(|| engines::exception(subject, check.name));
    if let Some(reason) = exception {
        return Verdict::DoesNotApply { reason: reason.to_owned() };
    }
    match fence::run(&Job::Check(check.name.to_owned()), subject) {
        Answer::CouldNotRun(reason) => Verdict::CouldNotRun { reason },
        Answer::DoesNotApply(reason) => Verdict::DoesNotApply { reason },
        Answer::Observed(observed) if observed == check.expected() => Verdict::Passed { observed },
        Answer::Observed(observed) => {
            let known = engines::known(subject, check.name);
            Verdict::Failed { observed, expected: check.expected().to_owned(), known }
        }
        Answer::Attacked { .. } => unreachable!("a check answers with an observation"),
    }
}

/// Attack `subject`. Passed means that it stopped the attack.
pub fn attack(attack: &Attack, subject: &Subject) -> Verdict {
    if let Some(reason) = engines::exception(subject, attack.name) {
        return Verdict::DoesNotApply { reason: reason.to_owned() };
    }
    match fence::run(&Job::Attack(attack.name.to_owned()), subject) {
        Answer::DoesNotApply(reason) => Verdict::DoesNotApply { reason },
        Answer::CouldNotRun(reason) => Verdict::CouldNotRun { reason },
        Answer::Attacked { succeeded: false, evidence } => Verdict::Passed { observed: evidence },
        Answer::Attacked { succeeded: true, evidence } => {
            let known = attack.known_of(subject);
            Verdict::Failed { observed: evidence, expected: "stopped".to_owned(), known }
        }
        // A container that did not start has stopped nothing.
        Answer::Observed(what) => {
            Verdict::CouldNotRun { reason: format!("the attacker did not run: {what}") }
        }
    }
}

impl Attack {
    /// Whether `subject` must stop this attack when `user` runs it: it has the chapter's feature, or the
    /// attack takes a power that this user does not have in the first place.
    pub fn must_be_stopped(&self, subject: &Subject, user: User) -> bool {
        let can_stop = subject.has(self.chapter) && self.known_of(subject).is_none();
        can_stop || (self.needs != Needs::Anybody && user == User::Ordinary)
    }

    /// Why `subject` lets it through, where that is known of a real runtime.
    pub fn known_of(&self, subject: &Subject) -> Option<&'static str> {
        let is_it =
            |(name, _): &&(&str, &str)| matches!(subject, Subject::Oci { name: this } if this == name);
        let of_runtimes = self.known.iter().find(is_it).map(|(_, reason)| *reason);
        of_runtimes.or_else(|| engines::known(subject, self.name))
    }
}
