//! Speaker notes: a scenario as a page for whoever shows it. They are the same whoever asks.

use crate::scenario::{Action, Audience, Pattern, Scenario, Side, Step};

/// The page, in Markdown.
pub fn notes(whole: &Scenario) -> String {
    let mut page = String::new();
    for part in parts(whole) {
        if !page.is_empty() {
            page.push('\n');
        }
        page += part.trim_end();
        page.push('\n');
    }
    page
}

/// Its paragraphs.
fn parts(whole: &Scenario) -> Vec<String> {
    let mut parts = vec![format!("# {}", whole.title), whole.about.clone(), facts(whole)];
    let mut side = Side::Host;
    for (number, step) in whole.steps.iter().enumerate() {
        parts.push(format!("## {}", heading(whole, number)));
        if let Some(audience) = audience(whole, number) {
            parts.push(audience);
        }
        parts.push(step.caption.clone());
        if let Some(Action::Type(this, _)) = step.action() {
            side = this;
        }
        parts.extend(command(step, side));
        parts.extend(expectation(step));
        parts.extend(step.note.as_ref().map(|note| format!("> {}", note.trim().replace('\n', "\n> "))));
    }
    parts
}

/// Where it belongs, how long it takes and what it needs.
fn facts(whole: &Scenario) -> String {
    let chapter = whole.chapter.map_or_else(String::new, |chapter| format!("Chapter {chapter}. "));
    let mut facts =
        format!("{chapter}{} minutes, {}: `minicontainer demo {}`", whole.minutes, count(whole), whole.name);
    for need in &whole.needs {
        facts += &format!("\n\n* needs `{}` to succeed; otherwise: {}", need.run, need.otherwise);
    }
    facts
}

/// How many steps there are; root and an ordinary user may see different ones.
fn count(whole: &Scenario) -> String {
    let of = |whose| whole.steps.iter().filter(|step| step.is_for(whose)).count();
    match (of(Audience::Root), of(Audience::User)) {
        (root, user) if root == user => format!("{root} steps"),
        (root, user) => format!("{root} steps as root and {user} as an ordinary user"),
    }
}

/// The number that a step has on this user's screen.
fn number_for(whole: &Scenario, at: usize, audience: Audience) -> usize {
    whole.steps[..=at].iter().filter(|step| step.is_for(audience)).count()
}

/// The number and the title.
fn heading(whole: &Scenario, at: usize) -> String {
    let step = &whole.steps[at];
    let audience = step.only.unwrap_or(Audience::Root);
    format!("{}. {}", number_for(whole, at, audience), step.title)
}

/// Who sees it, where that is not everybody, or under another number.
fn audience(whole: &Scenario, at: usize) -> Option<String> {
    let [root, user] = [Audience::Root, Audience::User].map(|whose| number_for(whole, at, whose));
    match whole.steps[at].only {
        Some(Audience::Root) => Some("*As root only.*".into()),
        Some(Audience::User) => Some("*As an ordinary user only.*".into()),
        None if root == user => None,
        None => Some(format!("*As an ordinary user this is step {user}.*")),
    }
}

/// The command, and where it is typed.
fn command(step: &Step, side: Side) -> Option<String> {
    let place = match side {
        Side::Host => "On the host",
        Side::Container => "In the container's pane",
    };
    match step.action()? {
        Action::Type(_, command) => Some(format!("{place}:\n\n```sh\n{}\n```", command.trim_end())),
        Action::Press(keys) => Some(format!("{place}, press {keys}.")),
    }
}

/// What to expect, in words.
fn expectation(step: &Step) -> Option<String> {
    let all = |patterns: &[Pattern]| patterns.iter().map(in_words).collect::<Vec<_>>();
    let mut sentences = Vec::new();
    if !step.expect.is_empty() {
        sentences.push(format!("It prints {}.", all(&step.expect).join(", ")));
    }
    if !step.never.is_empty() {
        sentences.push(format!("It does not print {}.", all(&step.never).join(" or ")));
    }
    if let Some(pattern) = &step.until {
        sentences.push(format!("It goes on running; the step is over at {}.", in_words(pattern)));
    }
    if let Some(gauge) = &step.gauge {
        sentences.push(format!("Watch the gauge: {}.", gauge.name()));
    }
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

/// A pattern as people say it.
pub fn in_words(pattern: &Pattern) -> String {
    let text = pattern.to_string();
    let begun = text.strip_prefix('^');
    let rest = begun.unwrap_or(&text);
    let ended = rest.strip_suffix('$').filter(|rest| !rest.ends_with('\\'));
    let rest = ended.unwrap_or(rest);
    match (begun.is_some(), literal(rest), ended.is_some()) {
        (false, _, false) if text == "." => "something".into(),
        (true, Some(plain), true) => format!("the line `{plain}`"),
        (true, Some(plain), false) => format!("a line that begins with `{plain}`"),
        (false, Some(plain), true) => format!("a line that ends with `{plain}`"),
        (false, Some(plain), false) => format!("`{plain}`"),
        (_, None, _) => format!("what fits `{text}`"),
    }
}

/// The text that a regular expression stands for, if it is only one.
fn literal(expression: &str) -> Option<String> {
    let mut plain = String::new();
    let mut characters = expression.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next()? {
                escaped if escaped.is_ascii_punctuation() => plain.push(escaped),
                _ => return None, // a class: \d
            },
            '.' | '*' | '+' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '|' | '^' | '$' => return None,
            _ => plain.push(character),
        }
    }
    (!plain.is_empty() && !plain.contains('`')).then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario;

    const STORY: &str = r#"
title = "A story"
chapter = 3
about = "It is about something."
minutes = 4
[[needs]]
run = "true"
otherwise = "Nothing helps."
[[step]]
title = "One"
caption = "First."
host = "id"
expect = ["^uid=0"]
only = "root"
[[step]]
title = "Two"
caption = "Second."
container = "sleep 9"
until = "x|y"
note = "Say it\ntwice."
[[step]]
title = "Three"
caption = "Third."
keys = "C-c"
expect = ["\\^C", "^\\$$"]
never = ["."]
"#;

    #[test]
    fn the_page_does_not_depend_on_who_asks() {
        let page = notes(&scenario::parse_whole("story", STORY).unwrap());
        let expected = "\
# A story

It is about something.

Chapter 3. 4 minutes, 3 steps as root and 2 as an ordinary user: `minicontainer demo story`

* needs `true` to succeed; otherwise: Nothing helps.

## 1. One

*As root only.*

First.

On the host:

```sh
id
```

It prints a line that begins with `uid=0`.

## 2. Two

*As an ordinary user this is step 1.*

Second.

In the container's pane:

```sh
sleep 9
```

It goes on running; the step is over at what fits `x|y`.

> Say it
> twice.

## 3. Three

*As an ordinary user this is step 2.*

Third.

In the container's pane, press Ctrl-C.

It prints `^C`, the line `$`. It does not print something.
";
        assert_eq!(page, expected);
    }
}
