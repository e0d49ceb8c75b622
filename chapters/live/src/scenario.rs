//! Scenarios: what a demo shows, as data. From one file come the demo, its test, its recording, its transcript and the
//! speaker's notes.

use std::{fmt, time::Duration};

pub use regex_lite::Regex;
use serde::{Deserialize, Deserializer, de::Error as _};
use sys::{Error, Result};

use crate::gauges::Gauge;

/// A story in steps.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Scenario {
    /// What it is called on the command line: the name of its file.
    #[serde(skip)]
    pub name: String,
    /// What it shows, in a few words.
    pub title: String,
    /// The chapter of the book that it belongs to. The longer ones have none.
    pub chapter: Option<u8>,
    /// What a trainer should know before choosing it: a paragraph.
    pub about: String,
    /// How long it takes in front of people, speaking included.
    pub minutes: u8,
    /// What must work on this machine.
    #[serde(default)]
    pub needs: Vec<Need>,
    /// Commands for a shell in the demo's own folder, before anything is shown.
    #[serde(default)]
    pub setup: Vec<String>,
    /// Commands for the same shell, after everything has ended, however it ended. Only for what is outside the folder.
    #[serde(default)]
    pub cleanup: Vec<String>,
    /// What happens.
    #[serde(rename = "step")]
    pub steps: Vec<Step>,
}

/// Something that a scenario cannot do without.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Need {
    /// A command that succeeds where it is there.
    pub run: String,
    /// What it is, and what to do where it is missing.
    pub otherwise: String,
}

/// One thing that happens: a caption, and mostly a command in one of the panes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Step {
    /// A word or two for the large type, and for whoever looks for a step.
    pub title: String,
    /// What the room reads.
    pub caption: String,
    /// A command for the host's pane. `{container}` is the number that PID 1 of the container has on the host.
    pub host: Option<String>,
    /// A command for the container's pane.
    pub container: Option<String>,
    /// Keys for the pane that the last command was for, instead of a command: `C-c`, `C-d`.
    pub keys: Option<Keys>,
    /// For keys: another pane than that of the last command.
    pub pane: Option<Side>,
    /// What the command must print for the step to be as announced. All of them.
    #[serde(default)]
    pub expect: Vec<Pattern>,
    /// What it must not print.
    #[serde(default)]
    pub never: Vec<Pattern>,
    /// The step is over when this is printed, and the command goes on. Without it, it is over at the next prompt.
    pub until: Option<Pattern>,
    /// What to look at meanwhile.
    pub gauge: Option<Gauge>,
    /// For the speaker's eyes.
    pub note: Option<String>,
    /// How many seconds the command may take.
    #[serde(default = "usual_patience")]
    pub patience: u64,
    /// How many seconds `--auto` waits after it, where the length of the texts does not say.
    pub pause: Option<f32>,
    /// Who sees this step; everybody where nothing is said.
    pub only: Option<Audience>,
}

/// Who runs the demo.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Audience {
    /// Root.
    Root,
    /// An ordinary user.
    User,
}

impl Audience {
    /// Who runs this program.
    pub fn current() -> Audience {
        if nix::unistd::geteuid().is_root() { Audience::Root } else { Audience::User }
    }
}

/// Which of the two panes.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The left one: a shell that stays on the host.
    Host,
    /// The right one: it begins on the host, too, and a step starts a container in it.
    Container,
}

impl Side {
    /// Not this one.
    #[must_use]
    pub fn other(self) -> Side {
        match self {
            Side::Host => Side::Container,
            Side::Container => Side::Host,
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str(match self {
            Side::Host => "host",
            Side::Container => "container",
        })
    }
}

/// What a step does to a pane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action<'a> {
    /// Type this, and Enter.
    Type(Side, &'a str),
    /// Press these.
    Press(&'a Keys),
}

impl Step {
    /// What it does. `None`: there is only something to say.
    pub fn action(&self) -> Option<Action<'_>> {
        let host = self.host.as_deref().map(|command| Action::Type(Side::Host, command));
        let container = || self.container.as_deref().map(|command| Action::Type(Side::Container, command));
        host.or_else(container).or_else(|| self.keys.as_ref().map(Action::Press))
    }

    /// Whether this user sees it.
    pub fn is_for(&self, whose: Audience) -> bool {
        self.only.is_none_or(|only| only == whose)
    }

    /// How long the command may take.
    pub fn patience(&self) -> Duration {
        Duration::from_secs(self.patience)
    }
}

fn usual_patience() -> u64 {
    20
}

/// A key or several: `C-c`, or the characters themselves.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(transparent)]
pub struct Keys(pub String);

impl Keys {
    /// What a terminal sends for it.
    pub fn bytes(&self) -> Vec<u8> {
        match self.0.strip_prefix("C-").map(str::as_bytes) {
            Some([letter]) => vec![letter & 0x1f], // Ctrl takes the upper three bits away, ascii(7)
            _ => self.0.clone().into_bytes(),
        }
    }
}

impl fmt::Display for Keys {
    /// What people call it.
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        match self.0.strip_prefix("C-") {
            Some(letter) => write!(formatter, "Ctrl-{}", letter.to_uppercase()),
            None => write!(formatter, "{}", self.0.escape_debug()),
        }
    }
}

/// A regular expression. `^` and `$` mean lines.
#[derive(Clone, Debug)]
pub struct Pattern(pub Regex);

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Pattern, D::Error> {
        let text = String::deserialize(deserializer)?;
        Regex::new(&format!("(?m){text}")).map(Pattern).map_err(D::Error::custom)
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str(self.0.as_str().trim_start_matches("(?m)"))
    }
}

/// Every scenario: its name and the text of its file.
macro_rules! scenarios {
    ($($name:literal)*) => { &[$(($name, include_str!(concat!("../scenarios/", $name, ".toml")))),*] };
}

/// The files, in the order in which they are listed: by chapter, then the longer ones.
const FILES: &[(&str, &str)] = scenarios! {
    "process" "hostname" "pids" "mounts" "network" "publish" "memory" "cpu" "root" "layers" "nobody" "capabilities" "seccomp"
    "oom" "fork-bomb" "two-containers" "chroot-escape" "root-inside" "ladder"
};

/// The names of all scenarios, in the order of the book.
pub fn names() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(name, _)| *name)
}

/// All of them, for whoever runs this program.
///
/// # Panics
///
/// Never in a program whose tests have passed: they read every file.
pub fn all() -> Vec<Scenario> {
    FILES.iter().map(|(name, text)| parse(name, text).expect("the tests have read it")).collect()
}

/// The one of this name, or the one in this file.
pub fn find(name: &str) -> Result<Scenario> {
    let (name, text) = text_of(name)?;
    parse(&name, &text)
}

/// The same with the steps for everybody.
pub fn find_whole(name: &str) -> Result<Scenario> {
    let (name, text) = text_of(name)?;
    parse_whole(&name, &text)
}

/// What a scenario is called, and its text.
fn text_of(name: &str) -> Result<(String, String)> {
    if let Some(stem) = name.strip_suffix(".toml") {
        let stem = stem.rsplit('/').next().unwrap_or(stem);
        return Ok((stem.to_owned(), fs_err::read_to_string(name)?));
    }
    let listed = FILES.iter().find(|(listed, _)| *listed == name);
    listed.map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).ok_or_else(|| {
        let known: Vec<_> = names().collect();
        Error::new(format!("demo {name}"))
            .why("there is none of this name")
            .remedy(format!("There are: {}.", known.join(", ")))
    })
}

/// Read one. Steps that are not for this user are left out.
pub fn parse(name: &str, text: &str) -> Result<Scenario> {
    let mut scenario = parse_whole(name, text)?;
    let whose = Audience::current();
    scenario.steps.retain(|step| step.is_for(whose));
    scenario.check().map_err(|why| Error::new(format!("scenario {name}")).why(why))?;
    Ok(scenario)
}

/// Read one with the steps for everybody: what is said about a demo does not depend on who asks.
pub fn parse_whole(name: &str, text: &str) -> Result<Scenario> {
    let mut scenario: Scenario = toml::from_str(text)
        .map_err(|error| Error::new(format!("scenario {name}")).why(error.to_string()))?;
    name.clone_into(&mut scenario.name);
    scenario.check().map_err(|why| Error::new(format!("scenario {name}")).why(why))?;
    Ok(scenario)
}

impl Scenario {
    /// What the types do not say.
    fn check(&self) -> std::result::Result<(), String> {
        for (number, step) in self.steps.iter().enumerate() {
            let actions = [step.host.is_some(), step.container.is_some(), step.keys.is_some()];
            let checked = !step.expect.is_empty() || step.until.is_some() || !step.never.is_empty();
            if step.pane.is_some() && step.keys.is_none() {
                return Err(format!("step {}, {}: it has a pane and no keys", number + 1, step.title));
            }
            let wrong = match actions.iter().filter(|there| **there).count() {
                0 if checked => "it expects something of nothing",
                0 | 1 => continue,
                _ => "it has more than one of host, container and keys",
            };
            return Err(format!("step {}, {}: {wrong}", number + 1, step.title));
        }
        if self.steps.is_empty() { Err("it has no steps".into()) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn every_file_is_listed_and_can_be_read() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
        for entry in fs_err::read_dir(folder).unwrap() {
            let name = entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned();
            assert!(names().any(|listed| listed == name), "{name} is not in FILES");
        }
        for (name, text) in FILES {
            parse(name, text).unwrap();
        }
    }

    #[test]
    fn every_command_says_what_it_should_print() {
        for scenario in all() {
            for step in &scenario.steps {
                let unchecked = step.expect.is_empty() && step.until.is_none() && step.never.is_empty();
                assert!(step.action().is_none() || !unchecked, "{}: {}", scenario.name, step.title);
            }
        }
    }

    #[test]
    fn a_key_is_what_a_terminal_sends() {
        assert_eq!(Keys("C-c".into()).bytes(), [3]);
        assert_eq!(Keys("C-d".into()).bytes(), [4]);
        assert_eq!(Keys("q".into()).bytes(), *b"q");
    }
}
