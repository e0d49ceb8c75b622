//! `minicontainer demo --list`: which demos there are, and which of them work here.

use std::{io::Write, process::ExitCode};

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use serde::Serialize;
use sys::{Error, Result};

use crate::{
    estate::Estate,
    scenario::{self, Scenario},
};

/// A scenario as others should know it.
#[derive(Debug, Serialize)]
struct Entry {
    name: String,
    title: String,
    chapter: Option<u8>,
    minutes: u8,
    about: String,
    needs: Vec<Needed>,
    steps: Vec<String>,
}

/// What it needs, and whether that is here.
#[derive(Debug, Serialize)]
struct Needed {
    run: String,
    otherwise: String,
    met: bool,
}

impl Entry {
    fn new(scenario: &Scenario, estate: &Estate) -> Entry {
        let needed = |need: &scenario::Need| Needed {
            run: need.run.clone(),
            otherwise: need.otherwise.clone(),
            met: estate.works(&need.run),
        };
        Entry {
            name: scenario.name.clone(),
            title: scenario.title.clone(),
            chapter: scenario.chapter,
            minutes: scenario.minutes,
            about: scenario.about.trim().to_owned(),
            needs: scenario.needs.iter().map(needed).collect(),
            steps: scenario.steps.iter().map(|step| step.title.clone()).collect(),
        }
    }

    /// The first thing that is not here.
    fn missing(&self) -> Option<&Needed> {
        self.needs.iter().find(|need| !need.met)
    }
}

/// Print them, for people or for programs.
pub fn list(json: bool) -> Result<ExitCode> {
    let estate = Estate::new()?;
    let entries: Vec<_> = scenario::all().iter().map(|scenario| Entry::new(scenario, &estate)).collect();
    estate.wind_up(&[])?;
    let text = if json {
        let wrong = |error: serde_json::Error| Error::new("demo --list --json").why(error.to_string());
        serde_json::to_string_pretty(&entries).map_err(wrong)? + "\n"
    } else {
        table(&entries)
    };
    anstream::stdout().write_all(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

const STRONG: anstyle::Style = anstyle::Style::new().bold();
const DIM: anstyle::Style = anstyle::Style::new().dimmed();
const MISSING: anstyle::Style = anstyle::AnsiColor::Yellow.on_default();

/// One a line; what is missing here stands below.
fn table(entries: &[Entry]) -> String {
    let width = entries.iter().map(|entry| entry.name.len()).max().unwrap_or_default().max("demo".len());
    let mut text = format!("{DIM}chapter  {:width$}  time    shows{DIM:#}\n", "demo");
    for entry in entries {
        let chapter = entry.chapter.map_or_else(|| "-".to_owned(), |chapter| chapter.to_string());
        let style = if entry.missing().is_none() { STRONG } else { DIM };
        text += &format!(
            "{chapter:>7}  {style}{:width$}{style:#}  {:>2} min  {}\n",
            entry.name, entry.minutes, entry.title
        );
        if let Some(need) = entry.missing() {
            let indent = " ".repeat("chapter  ".len() + width + "  99 min  ".len());
            text += &format!("{indent}{MISSING}not here: {}{MISSING:#}\n", need.otherwise.trim());
        }
    }
    text
}

/// The name of a demo on the command line. A shell completes it; whether it is one, [`scenario::find`] says.
#[derive(Clone, Debug)]
pub struct Name;

impl TypedValueParser for Name {
    type Value = String;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &std::ffi::OsStr,
    ) -> std::result::Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(scenario::names().map(PossibleValue::new)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_stands_below() {
        let entry = |met: bool| Entry {
            name: "story".into(),
            title: "A story".into(),
            chapter: met.then_some(12),
            minutes: 3,
            about: String::new(),
            needs: vec![Needed { run: "true".into(), otherwise: "It needs root.".into(), met }],
            steps: Vec::new(),
        };
        let table = anstream::adapter::strip_str(&table(&[entry(true), entry(false)])).to_string();
        let expected = "\
chapter  demo   time    shows
     12  story   3 min  A story
      -  story   3 min  A story
                        not here: It needs root.
";
        assert_eq!(table, expected);
    }
}
