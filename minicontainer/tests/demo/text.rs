//! What is printed: transcripts and speaker notes.

use std::{ops::Range, path::PathBuf};

use checks::{User, harness};
use libtest_mimic::{Completion, Failed, Trial};
use live::scenario::{self, Pattern};

use crate::{
    book, run, terminal,
    transcript::{difference, lines, same_line},
    update,
};

/// Played twice in a row, first on a screen: it must leave nothing in the second one's way.
pub fn plays_twice_as_in_the_book(name: &str) -> Result<Completion, Failed> {
    terminal::plays(name)?;
    let output = run(&[name, "--plain", "--auto", "--fast"])?;
    let printed = lines(&String::from_utf8_lossy(&output.stdout));
    let seen: Vec<String> = printed.iter().map(|line| neutral(line)).collect();
    let expected = lines(&fs_err::read_to_string(file(name)).unwrap_or_default());
    let patterns = patterns(name)?;
    let same = |(expected, seen): (&String, &String)| {
        same_line(expected, seen)
            || same_line(&of_nobody(expected), &of_nobody(seen))
            || differs_as_announced(&patterns, expected, seen)
    };
    if expected.len() == seen.len() && expected.iter().zip(&seen).all(same) {
        return Ok(Completion::Completed);
    }
    if tells_of_groups(name)? && User::current() == User::Ordinary && !harness::may_make_groups() {
        return Ok(Completion::ignored_with(
            "played as announced; the transcript does not apply: it is of a user who may make control groups",
        ));
    }
    // What counts as the same stays as it is in the file, and is not shown as a difference.
    let kept = |(at, seen): (usize, &String)| {
        expected.get(at).filter(|expected| same((expected, seen))).unwrap_or(seen).clone()
    };
    let seen: Vec<String> = seen.iter().enumerate().map(kept).collect();
    compare(&to_write(name), &expected, &seen).map(|()| Completion::Completed)
}

/// Whether it goes on where there are no control groups, and then prints other lines.
fn tells_of_groups(name: &str) -> Result<bool, Failed> {
    let steps = scenario::find(name).map_err(|error| error.to_string())?.steps;
    Ok(steps
        .iter()
        .flat_map(|step| &step.expect)
        .any(|pattern| pattern.to_string().contains("no control group")))
}

/// What `--speaker-notes` prints is in the book, letter by letter.
pub fn speaker_notes(name: &str) -> Result<(), Failed> {
    let output = run(&[name, "--speaker-notes"])?;
    let seen = String::from_utf8(output.stdout)?;
    let expected = fs_err::read_to_string(book(&format!("{name}.md"))).unwrap_or_default();
    if seen == expected {
        return Ok(());
    }
    let split = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    compare(&book(&format!("{name}.md")), &split(&expected), &split(&seen))
}

/// Say what is different, or accept it.
fn compare(path: &PathBuf, expected: &[String], seen: &[String]) -> Result<(), Failed> {
    let file = path.file_name().unwrap_or_default().display().to_string();
    if update() {
        fs_err::create_dir_all(book(""))?;
        fs_err::write(path, seen.join("\n") + "\n")?;
        eprintln!("book/demos/{file} was rewritten");
        return Ok(());
    }
    let name = file.split('.').next().unwrap_or_default();
    Err(format!(
        "book/demos/{file}\n{}- is in the file, + was seen now. If now is right:\n  \
         UPDATE_DEMOS=1 cargo test -p minicontainer --test demo -- {name}::   (for both users: just demos {name}::)",
        difference(expected, seen)
    )
    .into())
}

/// The transcript that this user's is compared with.
fn file(name: &str) -> PathBuf {
    let users = book(&format!("{name}.user.txt"));
    if User::current() == User::Ordinary && users.exists() { users } else { book(&format!("{name}.txt")) }
}

/// The transcript that this user may write: an ordinary one never root's.
fn to_write(name: &str) -> PathBuf {
    match User::current() {
        User::Root => book(&format!("{name}.txt")),
        User::Ordinary => book(&format!("{name}.user.txt")),
    }
}

/// Without what only this run and this machine have: the demo's folder, and the names of machine and user where they are
/// all that is printed in a line.
fn neutral(line: &str) -> String {
    let host = nix::unistd::gethostname().unwrap_or_default().to_string_lossy().into_owned();
    if !host.is_empty() && line.trim() == host {
        return line.replace(&host, "laptop");
    }
    let user = nix::unistd::User::from_uid(nix::unistd::geteuid()).ok().flatten().map(|user| user.name);
    if user.is_some_and(|name| name != "root" && line.trim() == name) {
        return "    student".to_owned();
    }
    without_folder(line)
}

/// The demo's folder has another name in each run.
pub fn without_folder(text: &str) -> String {
    let Some((before, after)) = text.split_once("/minicontainer-demo-") else { return text.to_owned() };
    let start = before.rfind([' ', '=', ':', '"', '\'', '(', '\n']).map_or(0, |at| at + 1);
    let rest = after.trim_start_matches(|letter: char| letter.is_ascii_alphanumeric() || letter == '-');
    without_folder(&format!("{}/tmp/demo{rest}", &before[..start]))
}

/// A line without what depends on user and network.
fn of_nobody(line: &str) -> String {
    without_addresses(&as_root(line))
}

/// What is chosen anew for each run: addresses of containers, below 10 and of their cards, and terminals.
const CHOSEN: [(&str, &str); 3] = [
    (r"\b10(\.\d{1,3}){3}\b", "10.0.0.0"),
    (r"\b[0-9a-f]{2}(:[0-9a-f]{2}){5}\b", "MAC"),
    (r"\bpts/\d+", "pts/0"),
];

fn without_addresses(line: &str) -> String {
    CHOSEN
        .iter()
        .fold(line.to_owned(), |line, (pattern, name)| regex(pattern).replace_all(&line, *name).into_owned())
}

/// Where in a line that stands.
pub fn addresses(line: &str) -> Vec<Range<usize>> {
    let all = |(pattern, _): &(&str, _)| {
        regex(pattern).find_iter(line).map(|found| found.range()).collect::<Vec<_>>()
    };
    CHOSEN.iter().flat_map(all).collect()
}

/// A line with the prompt that root would see.
fn as_root(line: &str) -> String {
    line.replace("host$ ", "host# ")
}

/// What the scenario says about its lines.
fn patterns(name: &str) -> Result<Vec<Pattern>, Failed> {
    let steps = scenario::find(name).map_err(|error| error.to_string())?.steps;
    Ok(steps.into_iter().flat_map(|step| step.expect.into_iter().chain(step.until)).collect())
}

/// Whether the scenario says what the line must be like, from its beginning to its end, and both are; or what must be
/// in it, and only numbers are different.
fn differs_as_announced(patterns: &[Pattern], expected: &str, seen: &str) -> bool {
    let is_whole = |pattern: &&Pattern| {
        let text = pattern.to_string();
        text.starts_with('^') && text.ends_with('$') && !text.contains("\\n")
    };
    let both = |pattern: &Pattern| pattern.0.is_match(expected.trim()) && pattern.0.is_match(seen.trim());
    if patterns.iter().filter(is_whole).any(both) {
        return true;
    }
    let fits =
        |line: &str| patterns.iter().any(|pattern| says_much(pattern) && pattern.0.is_match(line.trim()));
    without_numbers(expected) == without_numbers(seen) && fits(expected) && fits(seen)
}

/// `.` fits everything, and says nothing about numbers.
pub fn says_much(pattern: &Pattern) -> bool {
    pattern.to_string().len() > 1
}

fn without_numbers(line: &str) -> String {
    let words = line.split_whitespace().collect::<Vec<_>>().join(" ");
    let pieces = words.split(|letter: char| letter.is_ascii_digit()).filter(|piece| !piece.is_empty());
    pieces.collect::<Vec<_>>().join("0")
}

/// The tests of this file's own parts.
pub fn tests() -> Vec<Trial> {
    vec![
        harness::own_test("a_line_is_of_no_machine", a_line_is_of_no_machine),
        harness::own_test(
            "numbers_differ_where_the_scenario_says_so",
            numbers_differ_where_the_scenario_says_so,
        ),
    ]
}

fn a_line_is_of_no_machine() {
    assert_eq!(neutral("    /tmp/minicontainer-demo-71-aB3xyz/a b"), "    /tmp/demo/a b");
    assert_eq!(neutral("a in /x/minicontainer-demo-aB3xyz: 1"), "a in /tmp/demo: 1");
    assert_eq!(as_root("    host$ id"), "    host# id");
    assert_eq!(without_addresses("10.199.76.193/24 1.2.3.4"), "10.0.0.0/24 1.2.3.4");
    assert_eq!(without_addresses("pts/5 46:b1:48:82:4e:e0"), "pts/0 MAC");
}

fn numbers_differ_where_the_scenario_says_so() {
    let pattern = |text: &str| Pattern(regex(text));
    let announced = [pattern(r"^\d+ %$"), pattern(".")];
    assert!(differs_as_announced(&announced, "    23 %", "    7 %"));
    assert!(!differs_as_announced(&announced, "    23 MB", "    7 MB"));
    assert!(!differs_as_announced(&announced, "    23 %", "    23"));
}

fn regex(text: &str) -> live::scenario::Regex {
    live::scenario::Regex::new(text).expect("it is one")
}
