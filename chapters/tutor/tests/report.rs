//! The formats for graders, against their documented schemas: `schemas/README.md`.

mod schema;

use std::time::Duration;

use serde_json::Value;
use tutor::{
    EXERCISES, MISCONCEPTIONS, Outcome,
    report::{self, Graded},
};

/// What a terminal would show, what XML cannot hold, and what each format uses itself.
const HOSTILE: &str = "\u{1b}[31m<b>&amp;\"quoted\", 'it' ]]>\0\r\n\tsecond line\u{fffe}";
const STUDENT: &str = "Zoë \"<&>\", ÅÄÖ";

/// All four outcomes, one after the other, over all exercises.
fn graded() -> Vec<Graded> {
    let known = |id| MISCONCEPTIONS.iter().find(|mistake| mistake.exercise == id);
    let outcome = |number: usize| match number % 5 {
        0 => Outcome::Solved,
        1 => Outcome::NotWritten,
        2 => Outcome::Wrong { mistake: known(EXERCISES[number].id), seen: HOSTILE.to_owned() },
        3 => Outcome::CouldNotRun(HOSTILE.to_owned()),
        _ => Outcome::Wrong { mistake: None, seen: HOSTILE.to_owned() },
    };
    let one =
        |(number, exercise)| Graded { exercise, outcome: outcome(number), took: Duration::from_millis(1234) };
    EXERCISES.iter().enumerate().map(one).collect()
}

fn solved_points() -> u64 {
    EXERCISES.iter().step_by(5).map(|exercise| u64::from(exercise.points)).sum()
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("a report is JSON")
}

#[test]
fn gradescope_is_as_documented() {
    let found = json(&report::gradescope(STUDENT, &graded()));
    assert_eq!(schema::json_faults(&json(include_str!("schemas/gradescope.json")), &found), [""; 0]);
    assert_eq!(found["tests"].as_array().unwrap().len(), EXERCISES.len());
    let score: u64 =
        found["tests"].as_array().unwrap().iter().map(|test| test["score"].as_u64().unwrap()).sum();
    assert_eq!(score, solved_points());
    assert!(found["score"].is_null(), "it would replace the sum");
    let test = &found["tests"][3];
    assert_eq!(
        (&test["score"], &test["status"], &test["tags"][0]),
        (&json("0"), &"failed".into(), &"could-not-run".into())
    );
    assert!(found["output"].as_str().unwrap().contains("could not run"));
}

#[test]
fn classroom_is_as_documented() {
    let found = json(&report::classroom(STUDENT, &graded()));
    assert_eq!(schema::json_faults(&json(include_str!("schemas/classroom.json")), &found), [""; 0]);
    let tests = found["tests"].as_array().unwrap();
    let score: u64 = tests.iter().map(|test| test["score"].as_u64().unwrap()).sum();
    assert_eq!((score, found["status"].as_str()), (solved_points(), Some("fail")));
    assert_eq!(tests[3]["status"], "error");
    let lost = |text: &str| {
        json(&report::classroom("", &[only(Outcome::CouldNotRun(text.to_owned()))]))["status"].clone()
    };
    assert_eq!(lost("no root"), "error");
    assert_eq!(json(&report::classroom("", &[only(Outcome::Solved)]))["status"], "pass");
}

fn only(outcome: Outcome) -> Graded {
    Graded { exercise: &EXERCISES[0], outcome, took: Duration::ZERO }
}

#[test]
fn junit_is_as_documented() {
    let text = report::junit(STUDENT, &graded());
    let document = roxmltree::Document::parse(&text).expect("a report is XML");
    assert_eq!(
        schema::xml_faults(&json(include_str!("schemas/junit.json")), document.root_element()),
        [""; 0]
    );
    let count = |name: &str| document.descendants().filter(|node| node.has_tag_name(name)).count();
    let all = document.root_element();
    assert_eq!(all.attribute("name"), Some(STUDENT));
    assert_eq!(all.attribute("tests"), Some(&*EXERCISES.len().to_string()));
    assert_eq!(all.attribute("failures"), Some(&*count("failure").to_string()));
    assert_eq!(count("skipped"), (EXERCISES.len() + 1) / 5);
    let kinds: Vec<_> = document.descendants().filter_map(|node| node.attribute("type")).collect();
    assert_eq!(kinds[0], "not-written");
    let chapters = EXERCISES.last().unwrap().chapter();
    assert_eq!(count("testsuite"), usize::from(chapters));
    for suite in document.descendants().filter(|node| node.has_tag_name("testsuite")) {
        let skipped = suite.descendants().filter(|node| node.has_tag_name("skipped")).count();
        assert_eq!(suite.attribute("skipped"), Some(&*skipped.to_string()));
    }
}

#[test]
fn hostile_text_comes_through_as_text() {
    let text = report::junit(STUDENT, &graded());
    let document = roxmltree::Document::parse(&text).unwrap();
    let failure =
        document.descendants().find(|node| node.has_tag_name("failure") && node.text().is_some()).unwrap();
    let shown: String =
        HOSTILE.chars().map(|c| if "\u{1b}\0\u{fffe}".contains(c) { '\u{fffd}' } else { c }).collect();
    assert_eq!(failure.text(), Some(&*shown));
}

#[test]
fn csv_has_a_record_for_each_exercise() {
    let text = report::csv(STUDENT, &graded());
    let records = schema::records(&text);
    assert_eq!(records.len(), EXERCISES.len() + 1);
    assert!(records.iter().all(|record| record.len() == 6), "{records:?}");
    assert_eq!(records[0], ["student", "exercise", "outcome", "points", "max", "mistake"]);
    assert_eq!(records[4][..4], [STUDENT, EXERCISES[3].id, "could not run", "0"]);
}

#[test]
fn one_flag_writes_several_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    report::write(&format!("junit={},csv={}", path("a.xml"), path("a.csv")), STUDENT, &graded()).unwrap();
    assert!(fs_err::read_to_string(path("a.xml")).unwrap().starts_with("<?xml"));
    assert!(fs_err::read_to_string(path("a.csv")).unwrap().starts_with("student,"));
    let error = report::write("csv=/no/such/folder/a.csv", STUDENT, &graded()).unwrap_err();
    assert!(error.to_string().contains("/no/such/folder/a.csv"), "{error}");
}
