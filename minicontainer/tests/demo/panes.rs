//! What the panes of a recording show, compared with the transcript of the demo.
//!
//! A pane breaks long lines, scrolls, and shows a command while it is typed. So what it shows at any moment is a piece of
//! all that it ever shows, and that is known: the commands and the output of its side, one after the other, as they
//! stand in `book/demos/NAME.txt`, which is compared with a real run. Around the panes every word must be one of the
//! scenario or of the program. A word that somebody changed in the file is noticed in either place.

use std::{
    collections::{BTreeSet, HashSet},
    ops::Range,
};

use checks::harness;
use libtest_mimic::Trial;
use live::{
    record::Scene,
    scenario::{Action, Pattern, Scenario, Side, Step},
};

use crate::text;

/// What the scenes show that `transcript` has not. There is one for each of `steps`, after the one before the first.
pub fn faults(scenario: &Scenario, steps: &[&Step], transcript: &str, scenes: &[Scene]) -> Vec<String> {
    let (sides, told) = (sides(steps), told(transcript));
    if told.len() != steps.len() {
        return vec![format!("its transcript has {} steps, the scenario {}", told.len(), steps.len())];
    }
    let setup = scenario.setup.join("\n");
    let prompts: Vec<&str> =
        transcript.split_whitespace().chain([PROMPT]).filter(|word| is_prompt(word)).collect();
    let mut faults = Vec::new();
    for side in [Side::Host, Side::Container] {
        let mut known = Known::new(&setup);
        for ((step, lines), its_side) in steps.iter().zip(&told).zip(&sides) {
            known.add(step, if *its_side == side { lines } else { &[] });
        }
        faults.extend(fault_of_side(side, &known, &prompts, scenes));
    }
    faults
}

fn fault_of_side(side: Side, known: &Known, prompts: &[&str], scenes: &[Scene]) -> Option<String> {
    let mut seen = HashSet::new();
    for (scene, end) in scenes.iter().zip(&known.ends) {
        let known = &known.pieces[..*end];
        let mut last = String::new();
        for screen in &scene.screens {
            let Some(text) = shown(side, screen, prompts) else {
                return Some(format!("{}: a screen without panes", scene.label));
            };
            last = text;
            if !seen.contains(&last) && !is_part(known, &last, Place::Anywhere) {
                return Some(format!("{}: not in its transcript, on the pane {side}:\n{last}", scene.label));
            }
            seen.insert(last.clone());
        }
        let is_missing = last.is_empty() && !known.is_empty();
        if is_missing || !is_part(known, &last, Place::End) {
            return Some(format!("{}: not the end of the step, on the pane {side}:\n{last}", scene.label));
        }
    }
    None
}

// The transcript

/// The lines of each step, its command first.
fn told(transcript: &str) -> Vec<Vec<&str>> {
    let mut steps: Vec<Vec<&str>> = Vec::new();
    for line in transcript.lines() {
        let is_next = line.starts_with(&format!("{}. ", steps.len() + 1));
        match (line.strip_prefix("    "), steps.last_mut()) {
            (Some(line), Some(step)) => step.push(line),
            (None, _) if is_next => steps.push(Vec::new()),
            _ => {}
        }
    }
    steps
}

/// The pane of each step. Keys are for that of the command before.
fn sides(steps: &[&Step]) -> Vec<Side> {
    let mut side = Side::Host;
    let mut sides = Vec::new();
    for step in steps {
        side = match step.action() {
            Some(Action::Type(side, _)) => side,
            _ => step.pane.unwrap_or(side),
        };
        sides.push(side);
    }
    sides
}

/// All that a pane ever shows.
struct Known<'a> {
    /// Of the scenario: programs are in it, and what they print.
    setup: &'a str,
    pieces: Vec<Piece<'a>>,
    /// How much of it there is before the first step, and after each.
    ends: Vec<usize>,
}

/// A part of it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Piece<'a> {
    Letter(char),
    /// Spaces and the end of a line are the same, and at the edge of a pane there may be none.
    Space,
    /// Any number of so many digits or more.
    Number(usize),
    /// A digit of a card's address.
    Hexadecimal,
    /// Lines that a command prints when its step is over, in the words of this text.
    Later(&'a str),
}

impl<'a> Known<'a> {
    fn new(setup: &'a str) -> Known<'a> {
        Known { setup, pieces: Vec::new(), ends: vec![0] }
    }

    /// The next step, with what it prints on this pane.
    fn add(&mut self, step: &Step, lines: &[&str]) {
        // The name of a key is told, and not shown.
        let hidden = usize::from(matches!(step.action(), Some(Action::Press(_))));
        for (at, line) in lines.iter().enumerate().skip(hidden) {
            let line = if at == 0 { visible(line) } else { line };
            self.pieces.extend(pieces(line, says_something_of(step, line)));
            self.pieces.push(Piece::Space);
        }
        if step.until.is_some() && !lines.is_empty() {
            self.pieces.push(Piece::Later(self.setup));
        }
        self.ends.push(self.pieces.len());
    }
}

/// A shell that was killed leaves its terminal without echo: what is typed at the prompt that follows its own is not seen.
fn visible(line: &str) -> &str {
    let prompts: Vec<usize> = line.match_indices("# ").map(|(at, _)| at).collect();
    match prompts.as_slice() {
        [first, second, ..] if !line[first + 2..*second].contains(' ') => &line[..=*second],
        _ => line,
    }
}

/// Whether the scenario has a pattern for this line: then its numbers may be others.
fn says_something_of(step: &Step, line: &str) -> bool {
    let fits = |pattern: &Pattern| text::says_much(pattern) && pattern.0.is_match(line.trim());
    step.expect.iter().chain(&step.until).any(fits)
}

/// Numbers of four digits and more may be others, as in all transcripts; so may addresses and terminals.
fn pieces(line: &str, any_numbers: bool) -> Vec<Piece<'static>> {
    let addresses = text::addresses(line);
    let mut pieces = Vec::new();
    let letters: Vec<(usize, char)> = line.char_indices().collect();
    for run in letters.chunk_by(|a, b| kind(a.1) == kind(b.1)) {
        let address =
            addresses.iter().find(|range| range.contains(&run[0].0)).map(|range| &line[range.clone()]);
        let any = any_numbers || address.is_some();
        match kind(run[0].1) {
            Kind::Digit | Kind::Other if address.is_some_and(|address| address.contains(':')) => {
                let digit =
                    |letter: char| if letter == ':' { Piece::Letter(':') } else { Piece::Hexadecimal };
                pieces.extend(run.iter().map(|(_, letter)| digit(*letter)));
            }
            Kind::Space => pieces.push(Piece::Space),
            Kind::Digit if any => pieces.push(Piece::Number(1)),
            Kind::Digit if run.len() >= 4 => pieces.push(Piece::Number(3)),
            _ => pieces.extend(run.iter().map(|(_, letter)| Piece::Letter(*letter))),
        }
    }
    pieces
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Space,
    Digit,
    Other,
}

fn kind(letter: char) -> Kind {
    match letter {
        _ if letter.is_whitespace() => Kind::Space,
        '0'..='9' => Kind::Digit,
        _ => Kind::Other,
    }
}

// The recording

/// In a container without a name. A transcript has only the prompts at which something is typed.
const PROMPT: &str = "root@minicontainer#";

fn is_prompt(word: &str) -> bool {
    word.ends_with(['#', '$'])
}

/// The text of a pane, without the prompt that waits for the next command. A line that the edge has broken is whole again.
fn shown(side: Side, screen: &[String], prompts: &[&str]) -> Option<String> {
    let columns = if side == Side::Host { 1..49 } else { 51..99 };
    let line = |row: &String| row.chars().skip(columns.start).take(columns.len()).collect::<String>();
    let mut lines: Vec<String> =
        screen[inside(screen)?].iter().map(|row| line(row).trim_end().to_owned()).collect();
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines.pop_if(|last| last.split(' ').all(|word| prompts.contains(&word)));
    let ends = |line: &String| if line.chars().count() < columns.len() { "\n" } else { "" };
    let text: String = lines.iter().flat_map(|line| [line.as_str(), ends(line)]).collect();
    Some(text::without_folder(&text).trim().to_owned())
}

/// Where a piece of text is looked for.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Anywhere,
    End,
}

/// Whether `text` is a part of what is known. At both ends a number may have been cut.
fn is_part(known: &[Piece], text: &str, place: Place) -> bool {
    let is_digit = |letter: char| letter.is_ascii_digit();
    let text = text.trim_start_matches(is_digit);
    let text = if place == Place::End { text } else { text.trim_end_matches(is_digit) };
    let text: Vec<char> = text.chars().collect();
    let is_over = |rest: &[Piece]| rest.iter().all(|piece| matches!(piece, Piece::Space | Piece::Later(_)));
    (0..=known.len()).any(|from| {
        let end = after(&known[from..], &text).map(|length| from + length);
        end.is_some_and(|end| place == Place::Anywhere || is_over(&known[end..]))
    })
}

/// How much of what is known is the same as `text`, if all of that is.
fn after(known: &[Piece], text: &[char]) -> Option<usize> {
    let mut rest = text;
    for (at, piece) in known.iter().enumerate() {
        if rest.is_empty() {
            return Some(at);
        }
        rest = match piece {
            Piece::Letter(letter) => rest.strip_prefix(&[*letter])?,
            Piece::Number(least) => &rest[Some(run(rest, Kind::Digit)).filter(|length| length >= least)?..],
            Piece::Hexadecimal => rest.split_first().filter(|(first, _)| first.is_ascii_hexdigit())?.1,
            Piece::Space => &rest[run(rest, Kind::Space)..],
            Piece::Later(words) => &rest[later(words, rest)..],
        };
    }
    rest.is_empty().then_some(known.len())
}

fn run(text: &[char], of: Kind) -> usize {
    text.iter().take_while(|letter| kind(**letter) == of).count()
}

/// The length of the lines at the beginning that have no other words than `words`, and numbers.
fn later(words: &str, text: &[char]) -> usize {
    let is_number = |word: &str| word.chars().all(|letter| letter.is_ascii_digit() || letter == '.');
    let lines = text.split_inclusive(|letter| *letter == '\n').take_while(|line| {
        let line: String = line.iter().collect();
        line.split_whitespace().all(|word| is_number(word) || words.contains(word))
    });
    lines.map(<[char]>::len).sum()
}

// Around the panes

/// What stands around the panes and nobody has written: it is in no `source`. Numbers, paths and addresses are measured,
/// and there is nothing to compare them with.
pub fn words_of_nobody(sources: &[&str], scenes: &[Scene]) -> Vec<String> {
    let known: HashSet<&str> = sources.iter().flat_map(|source| words(source)).collect();
    let lines: BTreeSet<&String> =
        scenes.iter().flat_map(|scene| &scene.screens).flat_map(|screen| around(screen)).collect();
    let mut faults = BTreeSet::new();
    for line in lines {
        let strange = spoken(line).filter(|word| !known.contains(word));
        faults.extend(
            strange.map(|word| format!("{word} is no word of the scenario or of the program: {line}")),
        );
    }
    faults.into_iter().collect()
}

fn spoken(line: &str) -> impl Iterator<Item = &str> {
    let is_measured = |word: &&str| word.contains(|letter: char| letter == '/' || letter.is_ascii_digit());
    line.split_whitespace().filter(move |word| !is_measured(word)).flat_map(words)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_alphabetic()).filter(|word| !word.is_empty())
}

fn around(screen: &[String]) -> impl Iterator<Item = &String> {
    let inside = inside(screen).unwrap_or_default();
    screen.iter().enumerate().filter(move |(at, _)| !inside.contains(at)).map(|(_, line)| line)
}

/// The rows between the borders.
fn inside(screen: &[String]) -> Option<Range<usize>> {
    let row = |corners: [char; 2]| screen.iter().position(|row| row.starts_with(corners));
    Some(row(['┌', '┏'])? + 1..row(['└', '┗'])?)
}

// The tests of this file's own parts

pub fn tests() -> Vec<Trial> {
    vec![
        harness::own_test("a_changed_word_is_no_part", a_changed_word_is_no_part),
        harness::own_test("a_pane_is_read", a_pane_is_read),
        harness::own_test("a_dead_shell_hides_a_command", a_dead_shell_hides_a_command),
        harness::own_test(
            "later_lines_are_in_the_words_of_the_scenario",
            later_lines_are_in_the_words_of_the_scenario,
        ),
    ]
}

fn a_changed_word_is_no_part() {
    let known = [pieces("host# sleep 9 &", false), vec![Piece::Space], pieces("[1] 26652", false)].concat();
    for (shown, anywhere, end) in [
        ("host# sl", true, false),
        ("host# sleep 9 &\n[1] 711", true, true),
        ("eep 9 &\n[1] 26", true, false),
        ("host# sleap 9 &\n[1] 711", false, false),
        ("host# sleep 8 &", false, false),
        ("", true, true),
    ] {
        assert_eq!(is_part(&known, shown, Place::Anywhere), anywhere, "{shown}");
        assert_eq!(is_part(&known, shown, Place::End), end, "{shown}");
    }
}

fn a_pane_is_read() {
    let row = |left: &str, right: &str| format!("┃{left:48}┃│{right:48}│");
    let long = "a".repeat(48);
    let screen =
        ["title".into(), "┏".into(), row(&long, "host# id"), row("b", "uid=0"), row("", "host#"), "┗".into()];
    assert_eq!(shown(Side::Host, &screen, &["host#"]), Some(long + "b"));
    assert_eq!(shown(Side::Container, &screen, &["host#"]).as_deref(), Some("host# id\nuid=0"));
    assert_eq!(shown(Side::Container, &screen, &[]).as_deref(), Some("host# id\nuid=0\nhost#"));
    assert_eq!(around(&screen).collect::<Vec<_>>(), ["title", "┏", "┗"]);
}

fn a_dead_shell_hides_a_command() {
    assert_eq!(visible("root@box# host# echo $?"), "root@box# host#");
    assert_eq!(visible("host# echo '# a # b'"), "host# echo '# a # b'");
}

fn later_lines_are_in_the_words_of_the_scenario() {
    let letters: Vec<char> = "a guest: 10.0.0.7\n^C\n".chars().collect();
    assert_eq!(later("print \"a guest: \"", &letters), "a guest: 10.0.0.7\n".len());
}
