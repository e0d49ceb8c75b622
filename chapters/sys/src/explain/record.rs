//! JSON lines: the same calls for programs. The shape is documented in `explain.rs`; fields are added, never renamed.

use std::time::{Duration, Instant};

use serde::Serialize;

use super::{BEGIN, Call, Side, side};

#[derive(Serialize)]
struct Record<'a> {
    side: &'static str,
    pid: u32,
    chapter: Option<u8>,
    page: &'a str,
    call: &'a str,
    result: Option<&'a str>,
    started_us: u64,
    took_us: Option<u64>,
}

#[derive(Serialize)]
struct Note<'a> {
    note: &'a str,
}

pub(super) fn call(call: &Call, outcome: Option<&str>, took: Option<Duration>) -> String {
    line(&Record {
        side: match side() {
            Side::Parent => "parent",
            Side::Child => "child",
        },
        pid: std::process::id(),
        chapter: call.chapter,
        page: call.page,
        call: call.line,
        result: outcome,
        started_us: microseconds(since_the_beginning(call.started)),
        took_us: took.map(microseconds),
    })
}

pub(super) fn note(text: &str) -> String {
    line(&Note { note: text })
}

fn line(record: &impl Serialize) -> String {
    // Text, numbers and null: there is nothing in a record that JSON could not hold.
    serde_json::to_string(record).expect("a record is plain data") + "\n"
}

fn since_the_beginning(moment: Instant) -> Duration {
    BEGIN.get().map_or(Duration::ZERO, |begin| moment.saturating_duration_since(*begin))
}

/// A duration of more than half a million years does not fit, and does not happen.
fn microseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Place;

    #[test]
    fn explain_writes_one_object_a_line() {
        let place = Place { file: "chapters/ch02-hostname/src/hostname.rs".into(), line: 1 };
        let made = Call::begin("sethostname(\"a\nb\", 3)", "sethostname(2)", &place);
        let text = call(&made, Some("-1 EPERM"), Some(Duration::from_millis(2)));
        assert_eq!(text.matches('\n').count(), 1, "{text}");
        let record: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(record["call"], "sethostname(\"a\nb\", 3)");
        assert_eq!((&record["chapter"], &record["result"]), (&2.into(), &"-1 EPERM".into()));
        assert_eq!(record["took_us"], 2000);
        let shown_before = call(&made, None, None);
        assert!(shown_before.contains("\"result\":null,"), "{shown_before}");
        assert_eq!(note("it \"is\" so"), "{\"note\":\"it \\\"is\\\" so\"}\n");
    }
}
