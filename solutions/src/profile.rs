//! Profiles: which calls a command may make, in JSON.
//!
//! A profile has one action for all calls, and rules with other actions for some. The OCI's form says it for one
//! container; Docker's form says it for all: a rule may count only with a capability, on an architecture, or from a
//! version of the kernel on. [`Profile::resolve`] makes the first out of the second. Both parse into the same types, and
//! what we do not know, such as comments, is skipped, as are `archMap`, `architectures` and `flags`: a filter here is for
//! the native architecture alone.
//!
//! Forms: <https://docs.docker.com/engine/security/seccomp/>, and config-linux.md of the OCI's runtime specification.

use std::{path::Path, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use sys::{Error, Result};

use crate::calls::Architecture;

const EPERM: u16 = 1;

/// A profile, in either form.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    /// What happens to a call that no rule names.
    pub default_action: Action,
    /// The number that it answers, where the action is [`Action::Errno`]; EPERM if it is left out.
    pub default_errno_ret: Option<u16>,
    /// The exceptions.
    #[serde(default, deserialize_with = "null_is_none")]
    pub syscalls: Vec<Rule>,
}

/// What happens to some calls.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Rule {
    /// The calls. Older profiles have one, in `name`.
    #[serde(alias = "name", deserialize_with = "one_or_many")]
    pub names: Vec<String>,
    /// What happens to them.
    pub action: Action,
    /// The number that goes with the action: what [`Action::Errno`] answers, what [`Action::Trace`] tells the tracer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errno_ret: Option<u16>,
    /// Only with arguments such as these. All must hold, but two conditions on the same argument are alternatives, as
    /// they are to runc.
    #[serde(default, deserialize_with = "null_is_none", skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<Condition>,
    /// Docker's: only where all of this is so.
    #[serde(default, deserialize_with = "null_is_none", skip_serializing)]
    pub includes: When,
    /// Docker's: not where any of this is so.
    #[serde(default, deserialize_with = "null_is_none", skip_serializing)]
    pub excludes: When,
}

/// What the kernel does with a call, from mild to strict: seccomp(2) has what each means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[allow(missing_docs)]
pub enum Action {
    #[serde(rename = "SCMP_ACT_ALLOW")]
    Allow,
    #[serde(rename = "SCMP_ACT_LOG")]
    Log,
    #[serde(rename = "SCMP_ACT_TRACE")]
    Trace,
    #[serde(rename = "SCMP_ACT_NOTIFY")]
    Notify,
    #[serde(rename = "SCMP_ACT_ERRNO")]
    Errno,
    #[serde(rename = "SCMP_ACT_TRAP")]
    Trap,
    #[serde(rename = "SCMP_ACT_KILL", alias = "SCMP_ACT_KILL_THREAD")]
    KillThread,
    #[serde(rename = "SCMP_ACT_KILL_PROCESS")]
    KillProcess,
}

/// An action and the number that goes with it, 0 where none does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What happens.
    pub action: Action,
    /// What is answered, or told to the tracer.
    pub number: u16,
}

/// A comparison with an argument of the call: 64 bits, without a sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Condition {
    /// Which argument, from 0 to 5.
    #[serde(deserialize_with = "index_of_an_argument")]
    pub index: u8,
    /// What it is compared with; for [`Operator::MaskedEqual`] the mask.
    pub value: u64,
    /// For [`Operator::MaskedEqual`] what the masked argument must be.
    #[serde(default)]
    pub value_two: u64,
    /// How it is compared.
    pub op: Operator,
}

/// How an argument is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[allow(missing_docs)]
pub enum Operator {
    #[serde(rename = "SCMP_CMP_NE")]
    NotEqual,
    #[serde(rename = "SCMP_CMP_LT")]
    Less,
    #[serde(rename = "SCMP_CMP_LE")]
    LessOrEqual,
    #[serde(rename = "SCMP_CMP_EQ")]
    Equal,
    #[serde(rename = "SCMP_CMP_GE")]
    GreaterOrEqual,
    #[serde(rename = "SCMP_CMP_GT")]
    Greater,
    #[serde(rename = "SCMP_CMP_MASKED_EQ")]
    MaskedEqual,
}

/// Where a rule of Docker's form counts.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct When {
    /// Capabilities of the command, such as `CAP_SYS_ADMIN`.
    #[serde(deserialize_with = "null_is_none")]
    pub caps: Vec<String>,
    /// Architectures, such as `amd64`.
    #[serde(deserialize_with = "null_is_none")]
    pub arches: Vec<String>,
    /// The oldest kernel.
    pub min_kernel: Option<Version>,
}

/// The first two numbers of a kernel's version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct Version(pub u32, pub u32);

/// For what a profile is resolved.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// The capabilities of the command.
    pub held: &'a [&'a str],
    /// Where it runs.
    pub architecture: Architecture,
    /// The running kernel.
    pub kernel: Version,
}

impl<'a> Target<'a> {
    /// A command here, with the capabilities `held`.
    pub fn here(held: &'a [&'a str]) -> Result<Target<'a>> {
        let kernel = sys::kernel_release()?.parse().map_err(Error::new)?;
        Ok(Target { held, architecture: Architecture::native()?, kernel })
    }
}

impl Profile {
    /// Our own, which has about the reach of Docker's.
    pub fn ours() -> Result<Profile> {
        Profile::parse(include_str!("default.json"), "the default profile")
    }

    /// The one in the file `path`.
    pub fn read(path: &Path) -> Result<Profile> {
        let text = fs_err::read_to_string(path).map_err(|error| {
            Error::from(error).remedy("--security-opt seccomp= takes a file of the host.")
        })?;
        Profile::parse(&text, &path.display().to_string())
    }

    /// The one in `text`, which errors call `source`; they have line and column as well.
    pub fn parse(text: &str, source: &str) -> Result<Profile> {
        serde_json::from_str(text).map_err(|error| {
            Error::new(format!("{source}: {error}"))
                .why("a seccomp profile is JSON, in Docker's form or in that of linux.seccomp in the OCI's config.json")
                .remedy("Start from the default one: chapters/ch12-seccomp/src/default.json.")
        })
    }

    /// The rules that count for `target`, with nothing in them that would have to be asked again: the OCI's form.
    #[must_use]
    pub fn resolve(mut self, target: &Target) -> Profile {
        self.syscalls.retain(|rule| rule.includes.all(target) && !rule.excludes.any(target));
        self
    }

    /// What happens to a call that no rule names.
    pub fn default_outcome(&self) -> Outcome {
        self.default_action.with(self.default_errno_ret)
    }
}

impl Rule {
    /// What happens to the calls of this rule.
    pub fn outcome(&self) -> Outcome {
        self.action.with(self.errno_ret)
    }
}

impl Action {
    /// As runc: EPERM where no number is given, and none for actions that have no use for it.
    fn with(self, number: Option<u16>) -> Outcome {
        let takes_a_number = matches!(self, Action::Errno | Action::Trace);
        Outcome { action: self, number: if takes_a_number { number.unwrap_or(EPERM) } else { 0 } }
    }
}

impl When {
    fn all(&self, target: &Target) -> bool {
        self.caps.iter().all(|name| target.held.contains(&name.as_str()))
            && (self.arches.is_empty() || self.has_architecture(target))
            && self.min_kernel.is_none_or(|oldest| target.kernel >= oldest)
    }

    fn any(&self, target: &Target) -> bool {
        self.caps.iter().any(|name| target.held.contains(&name.as_str()))
            || self.has_architecture(target)
            || self.min_kernel.is_some_and(|oldest| target.kernel >= oldest)
    }

    fn has_architecture(&self, target: &Target) -> bool {
        self.arches.iter().any(|name| name == target.architecture.docker())
    }
}

impl FromStr for Version {
    type Err = String;

    fn from_str(text: &str) -> Result<Version, String> {
        let mut numbers = text.split(|character: char| !character.is_ascii_digit()).map(str::parse);
        match (numbers.next(), numbers.next()) {
            (Some(Ok(major)), Some(Ok(minor))) => Ok(Version(major, minor)),
            _ => Err(format!("{text:?} is no version of a kernel, such as 4.8")),
        }
    }
}

impl TryFrom<String> for Version {
    type Error = String;

    fn try_from(text: String) -> Result<Version, String> {
        text.parse()
    }
}

/// Programs in Go write `null` for an empty list.
fn null_is_none<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(from: D) -> Result<T, D::Error> {
    Option::deserialize(from).map(Option::unwrap_or_default)
}

fn index_of_an_argument<'de, D: Deserializer<'de>>(from: D) -> Result<u8, D::Error> {
    let index = u8::deserialize(from)?;
    if index < 6 { Ok(index) } else { Err(D::Error::custom(format!("argument {index}: a call has 0 to 5"))) }
}

fn one_or_many<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Names {
        One(String),
        Many(Vec<String>),
    }
    Ok(match Names::deserialize(from)? {
        Names::One(name) => vec![name],
        Names::Many(names) => names,
    })
}
