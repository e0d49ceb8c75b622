//! Who it is: its numbers, its command line, its user, its parent.

use serde_json::json;

use super::{ids::Ids, look::Process, row::Row};

/// As much of a command line as is worth reading.
const LENGTH: usize = 160;

/// The rows.
pub fn rows(process: &Process, ids: &Ids) -> Vec<Row> {
    let numbers = process.status("NSpid").map(numbers);
    let pid = Row::seen("pid", "pid", &numbers, |numbers| {
        let says = match numbers[..] {
            [outside, .., inside] => format!("{outside} outside, {inside} inside"),
            _ => process.pid.to_string(),
        };
        (says, json!(numbers))
    });
    let line = process.text("cmdline").map(|text| command(&text));
    let name = process.status("Name").unwrap_or("?");
    let command = Row::seen("command", "command", &line, |words| match words.as_slice() {
        // A thread of the kernel, or a process that has ended and whose parent has not asked yet.
        [] => (format!("[{name}]"), json!([])),
        words => (shortened(&words.join(" ")), json!(words)),
    });
    let parent = process.status("PPid").map(|pid| pid.parse().unwrap_or_default());
    let parent = Row::seen("parent", "parent", &parent, |pid: &i32| {
        let name = Process::find(*pid).and_then(|parent| Some(parent.status("Name").ok()?.to_owned()));
        match (*pid, name) {
            (0, _) => ("none that can be seen from here".into(), json!(0)),
            (_, Some(name)) => (format!("{pid} ({name})"), json!(pid)),
            (_, None) => (pid.to_string(), json!(pid)),
        }
    });
    vec![pid, command, ids.user_row(), parent]
}

/// A number for each PID namespace that it is in, the outermost that we see first.
fn numbers(line: &str) -> Vec<i32> {
    line.split_whitespace().filter_map(|word| word.parse().ok()).collect()
}

/// A command line is its words, with a zero after each.
fn command(text: &str) -> Vec<String> {
    text.trim_end_matches('\0').split('\0').filter(|_| !text.is_empty()).map(str::to_owned).collect()
}

fn shortened(line: &str) -> String {
    let start: String = line.chars().take(LENGTH).collect();
    if start.len() < line.len() { start + " …" } else { start }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_line_has_words() {
        assert_eq!(command("sh\0-c\0a b\0"), ["sh", "-c", "a b"]);
        assert!(command("").is_empty());
        assert_eq!(shortened("sleep 1"), "sleep 1");
        assert!(shortened(&"x".repeat(500)).ends_with(" …"));
    }

    #[test]
    fn a_number_for_each_namespace() {
        assert_eq!(numbers("30596\t8"), [30596, 8]);
    }
}
