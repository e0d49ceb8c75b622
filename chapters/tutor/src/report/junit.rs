//! JUnit's XML, which nearly every CI reads.
//!
//! There is no standard. Jenkins documents what it reads in the schema of its xUnit plugin,
//! <https://github.com/jenkinsci/xunit-plugin>, `model/xsd/junit-10.xsd`; Apache Ant, which wrote it
//! first, in `XMLJUnitResultFormatter`. We write what both know; a test checks it.

use std::{fmt::Write, time::Duration};

use super::Graded;
use crate::Outcome;

/// One test suite for each chapter, one test case for each exercise. What is not written yet is a failure
/// of its own type; what could not run is skipped.
#[expect(clippy::missing_panics_doc, reason = "a String takes everything")]
pub fn junit(student: &str, graded: &[Graded]) -> String {
    let mut text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
    write_suites(&mut text, student, graded).expect("a String takes everything");
    text
}

fn write_suites(text: &mut String, student: &str, graded: &[Graded]) -> std::fmt::Result {
    let (tests, failures, _, time) = counts(graded);
    let name = escape(student);
    writeln!(
        text,
        "<testsuites name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" time=\"{time}\">"
    )?;
    for suite in graded.chunk_by(|a, b| a.exercise.chapter() == b.exercise.chapter()) {
        write_suite(text, &name, suite)?;
    }
    writeln!(text, "</testsuites>")
}

fn write_suite(text: &mut String, student: &str, suite: &[Graded]) -> std::fmt::Result {
    let (tests, failures, skipped, time) = counts(suite);
    let chapter = suite[0].exercise.chapter();
    writeln!(
        text,
        "  <testsuite name=\"Chapter {chapter}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" \
         skipped=\"{skipped}\" time=\"{time}\">"
    )?;
    for one in suite {
        write_case(text, &format!("{student}.ch{chapter:02}"), one)?;
    }
    writeln!(text, "  </testsuite>")
}

fn write_case(text: &mut String, class: &str, one: &Graded) -> std::fmt::Result {
    let name = escape(&format!("{} {}", one.exercise.id, one.exercise.title));
    let (message, seen, time) = (escape(&one.mistake()), escape(one.seen()), seconds(one.took));
    write!(text, "    <testcase name=\"{name}\" classname=\"{class}\" time=\"{time}\"")?;
    match &one.outcome {
        Outcome::Solved => return writeln!(text, "/>"),
        Outcome::CouldNotRun(_) => writeln!(text, ">\n      <skipped message=\"{message}\"/>")?,
        Outcome::NotWritten => {
            writeln!(text, ">\n      <failure type=\"not-written\" message=\"{message}\"/>")?;
        }
        Outcome::Wrong { mistake, .. } => {
            let kind = mistake.map_or("wrong", |mistake| mistake.name);
            writeln!(text, ">\n      <failure type=\"{kind}\" message=\"{message}\">{seen}</failure>")?;
        }
    }
    writeln!(text, "    </testcase>")
}

/// Tests, failures, skipped ones, and the time of all.
fn counts(graded: &[Graded]) -> (usize, usize, usize, String) {
    let count = |wanted: fn(&Outcome) -> bool| graded.iter().filter(|one| wanted(&one.outcome)).count();
    let failures = count(|outcome| matches!(outcome, Outcome::NotWritten | Outcome::Wrong { .. }));
    let skipped = count(|outcome| matches!(outcome, Outcome::CouldNotRun(_)));
    (graded.len(), failures, skipped, seconds(graded.iter().map(|one| one.took).sum()))
}

fn seconds(time: Duration) -> String {
    format!("{:.3}", time.as_secs_f64())
}

/// Text for an attribute or between tags. A line end in an attribute must be a reference, or a reader
/// makes a space of it; and XML 1.0 has no way at all to write most control characters
/// (<https://www.w3.org/TR/xml/#charsets>), so they become the mark for what cannot be shown.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        match letter {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            '\n' => escaped += "&#10;",
            '\t' => escaped += "&#9;",
            '\r' => escaped += "&#13;",
            '\0'..='\x1f' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            _ => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_that_xml_cannot_hold() {
        assert_eq!(
            escape("a<b>&\"c\"\n\x1b[31m\0\u{fffe}ä"),
            "a&lt;b&gt;&amp;&quot;c&quot;&#10;\u{fffd}[31m\u{fffd}\u{fffd}ä"
        );
    }
}
