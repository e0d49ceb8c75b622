//! Reports for graders: what one student has reached, in the formats that other programs read.
//!
//! Points come with solved exercises only. What could not run here is no point and no fault: every format
//! shows it as a thing of its own.

mod classroom;
mod csv;
mod gradescope;
mod junit;

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

pub use classroom::classroom;
pub use csv::csv;
pub use gradescope::gradescope;
pub use junit::junit;
use sys::{Error, Result};

use crate::{Exercise, Outcome, Student, judge};

/// One exercise of one student, judged.
#[derive(Debug)]
pub struct Graded {
    /// Which one.
    pub exercise: &'static Exercise,
    /// What is said about it.
    pub outcome: Outcome,
    /// How long that took.
    pub took: Duration,
}

impl Graded {
    /// Judge `exercise` now.
    pub fn now(exercise: &'static Exercise, student: &Student) -> Graded {
        let started = Instant::now();
        let outcome = judge(exercise, student);
        Graded { exercise, outcome, took: started.elapsed() }
    }

    /// What it is worth as it stands.
    pub fn points(&self) -> u32 {
        if matches!(self.outcome, Outcome::Solved) { self.exercise.points } else { 0 }
    }

    /// The outcome in one or two words.
    pub fn word(&self) -> &'static str {
        match self.outcome {
            Outcome::Solved => "solved",
            Outcome::NotWritten => "not written",
            Outcome::Wrong { .. } => "wrong",
            Outcome::CouldNotRun(_) => "could not run",
        }
    }

    /// The mistake, or why nobody knows; nothing for what is solved.
    pub fn mistake(&self) -> String {
        match &self.outcome {
            Outcome::Solved => String::new(),
            Outcome::NotWritten => format!("exercise {} is not written yet", self.exercise.id),
            Outcome::Wrong { mistake: Some(mistake), .. } => mistake.in_english(),
            Outcome::Wrong { mistake: None, seen } => {
                format!("no known mistake: {}", seen.lines().next().unwrap_or_default())
            }
            Outcome::CouldNotRun(reason) => format!("could not run here: {reason}"),
        }
    }

    /// What was observed, where something was.
    pub fn seen(&self) -> &str {
        if let Outcome::Wrong { seen, .. } = &self.outcome { seen } else { "" }
    }
}

/// All that these are worth, and all that they could be.
pub fn points(graded: &[Graded]) -> (u32, u32) {
    let all = graded.iter().map(|one| one.exercise.points).sum();
    (graded.iter().map(Graded::points).sum(), all)
}

/// A format: from the student's name and what is said about the exercises to a text.
type Format = fn(&str, &[Graded]) -> String;

/// All formats by the name that they have on the command line.
const FORMATS: [(&str, Format); 4] =
    [("junit", junit), ("gradescope", gradescope), ("classroom", classroom), ("csv", csv)];

/// Write the reports that `--report junit=FILE,csv=FILE` asks for.
pub fn write(request: &str, student: &str, graded: &[Graded]) -> Result<()> {
    for (format, path) in parse(request)? {
        fs_err::write(path, format(student, graded))?;
    }
    Ok(())
}

/// What `--report` asks for: formats, and where each goes. To be called before the long work begins.
pub fn parse(request: &str) -> Result<Vec<(Format, PathBuf)>> {
    request.split(',').map(parse_one).collect()
}

fn parse_one(word: &str) -> Result<(Format, PathBuf)> {
    let names = FORMATS.map(|(name, _)| name).join(", ");
    let refuse = |why: String| {
        Error::new(format!("--report {word:?}: {why}"))
            .remedy(format!("Write FORMAT=FILE, more of them with commas between; the formats are {names}."))
    };
    let (name, path) = word.split_once('=').ok_or_else(|| refuse("there is no = in it".to_owned()))?;
    let format = FORMATS.iter().find(|(known, _)| *known == name.trim());
    let (_, format) = format.ok_or_else(|| refuse(format!("there is no format {name:?}")))?;
    if path.is_empty() {
        return Err(refuse("there is no file after the =".to_owned()));
    }
    Ok((*format, path.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flag_names_formats_and_files() {
        let found = parse("junit=out/a.xml,csv=b=c.csv").unwrap();
        let paths: Vec<_> = found.iter().map(|(_, path)| path.to_str().unwrap()).collect();
        assert_eq!(paths, ["out/a.xml", "b=c.csv"]);
    }

    #[test]
    fn a_wrong_flag_is_refused_with_a_remedy() {
        for (flag, why) in [
            ("junit", "there is no = in it"),
            ("xml=a", "there is no format \"xml\""),
            ("csv=", "there is no file after the ="),
            ("csv=a,", "there is no = in it"),
        ] {
            let said = parse(flag).err().unwrap().to_string();
            assert!(said.contains(why) && said.contains("junit, gradescope, classroom, csv"), "{said}");
        }
    }
}
