//! How the text of a terminal is compared with what it was: a transcript in the book, a demo.

/// The lines of `text`, without spaces and empty lines at the end.
pub fn lines(text: &str) -> Vec<String> {
    text.trim_end().lines().map(|line| line.trim_end().to_owned()).collect()
}

/// A number of four or more digits (a process, an inode, a time) stands for any of three or more; shorter
/// ones are exact, 127 is not 126. How many spaces there are does not count: columns move with the numbers
/// in them, and ps makes them as wide as this machine's largest PID.
pub fn same_line(expected: &str, seen: &str) -> bool {
    let (expected, seen) = (squeeze(expected), squeeze(seen));
    let is_number = |piece: &[u8], digits| piece.len() >= digits && piece[0].is_ascii_digit();
    let same = |(expected, seen)| expected == seen || (is_number(expected, 4) && is_number(seen, 3));
    pieces(&expected).count() == pieces(&seen).count() && pieces(&expected).zip(pieces(&seen)).all(same)
}

fn squeeze(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `line` cut into numbers and what is between them.
fn pieces(line: &str) -> impl Iterator<Item = &[u8]> {
    line.as_bytes().chunk_by(|a, b| a.is_ascii_digit() == b.is_ascii_digit())
}

/// What differs, with two lines before and after.
pub fn difference(expected: &[String], seen: &[String]) -> String {
    let equal = |(a, b): &(&String, &String)| same_line(a, b);
    let head = expected.iter().zip(seen).take_while(equal).count();
    let tail = expected[head..].iter().rev().zip(seen[head..].iter().rev()).take_while(equal).count();
    let (before, old) = expected[..expected.len() - tail].split_at(head);
    let (new, after) = seen[head..].split_at(seen.len() - tail - head);
    let marked = |mark: &str, lines: &[String]| {
        lines.iter().fold(String::new(), |text, line| text + mark + line + "\n")
    };
    [
        marked("    ", &before[head.saturating_sub(2)..]),
        marked("  - ", old),
        marked("  + ", new),
        marked("    ", &after[..tail.min(2)]),
    ]
    .concat()
}
