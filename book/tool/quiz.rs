//! The quizzes: `book/quizzes/chNN.toml` in, the part of the page that asks them out.
//!
//! The part is complete as it is: each answer is a `<details>` that opens with a click or a key and says whether it
//! is right, and why. `book/theme/quiz.js` makes a form of it where there is JavaScript.

use std::{collections::BTreeSet, path::Path};

use mdbook_driver::errors::{Error, Result};
use serde::Deserialize;

use crate::generate::{self, Files};

/// How many questions a chapter has at least.
const QUESTIONS: usize = 4;

/// How many answers a question has at least, unless it says `two = true`.
const ANSWERS: usize = 3;

/// The questions of a chapter.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Quiz {
    #[serde(rename = "question")]
    questions: Vec<Question>,
}

/// A question. Its text and code are Markdown.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    /// Part of an anchor and of what a browser remembers: it must stay as it is.
    id: String,
    text: String,
    /// Shown as a terminal, below the text.
    code: Option<String>,
    /// More than one answer is right.
    #[serde(default)]
    several: bool,
    /// A question of yes or no.
    #[serde(default)]
    two: bool,
    #[serde(rename = "answer")]
    answers: Vec<Answer>,
}

/// An answer: one line, with `code` between backticks, and below it why it is right or wrong, in Markdown.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    text: String,
    #[serde(default)]
    right: bool,
    why: String,
}

/// `quizzes/chNN.md` for each chapter's page. A chapter without questions is an error, and so is a quiz without a page.
pub fn fragments(workspace: &Path) -> Result<Files> {
    let mut files = Files::new();
    for (chapter, _) in generate::chapters(workspace)? {
        let file = format!("book/quizzes/{chapter}.toml");
        let text = fs_err::read_to_string(workspace.join(&file))?;
        let quiz: Quiz = toml::from_str(&text).map_err(|error| Error::msg(format!("{file}: {error}")))?;
        generate::refuse(&file, &wrong(&quiz))?;
        files.insert(format!("quizzes/{chapter}.md").into(), fragment(&chapter, &quiz));
    }
    no_orphan(workspace, &files)?;
    Ok(files)
}

fn no_orphan(workspace: &Path, files: &Files) -> Result<()> {
    for entry in fs_err::read_dir(workspace.join("book/quizzes"))? {
        let name = entry?.file_name();
        if !files.contains_key(&Path::new("quizzes").join(&name).with_extension("md")) {
            return Err(Error::msg(format!("book/quizzes/{}: no page of this chapter", name.display())));
        }
    }
    Ok(())
}

/// What is wrong with a quiz, a line each.
fn wrong(quiz: &Quiz) -> Vec<String> {
    let mut wrong = Vec::new();
    if quiz.questions.len() < QUESTIONS {
        wrong.push(format!("{} questions; a chapter has at least {QUESTIONS}", quiz.questions.len()));
    }
    let mut seen = BTreeSet::new();
    for question in &quiz.questions {
        let mut complaints = wrong_with_question(question);
        if !seen.insert(&question.id) {
            complaints.push("there is another question with this id".into());
        }
        wrong.extend(complaints.into_iter().map(|complaint| format!("{:?}: {complaint}", question.id)));
    }
    wrong
}

fn wrong_with_question(question: &Question) -> Vec<String> {
    let Question { id, text, answers, .. } = question;
    let right = answers.iter().filter(|answer| answer.right).count();
    let least = if question.two { 2 } else { ANSWERS };
    let plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    let rules = [
        (!id.is_empty() && id.chars().all(plain), "an id is made of a-z, 0-9 and -".into()),
        (!text.trim().is_empty(), "no text".into()),
        (answers.len() >= least, format!("fewer than {least} answers")),
        (question.several || right == 1, format!("{right} right answers, and no `several = true`")),
        (!question.several || right > 1, format!("`several = true`, and {right} right answers")),
    ];
    let broken = rules.into_iter().filter_map(|(holds, complaint)| (!holds).then_some(complaint));
    broken.chain(answers.iter().filter_map(wrong_with_answer)).collect()
}

fn wrong_with_answer(answer: &Answer) -> Option<String> {
    let Answer { text, why, .. } = answer;
    if text.trim().is_empty() {
        return Some("an answer without a text".into());
    }
    why.trim().is_empty().then(|| format!("the answer {text:?} has no why"))
}

fn fragment(chapter: &str, quiz: &Quiz) -> String {
    let questions: String =
        (1..).zip(&quiz.questions).map(|(number, question)| ask(chapter, number, question)).collect();
    format!(
        "<div class=\"quiz\" data-chapter=\"{chapter}\">\n\n\
         <p class=\"quiz-how\">Decide, and then open your answer: it says whether it is right, and why.</p>\n\n\
         {questions}</div>\n"
    )
}

fn ask(chapter: &str, number: usize, question: &Question) -> String {
    let Question { id, text, several, .. } = question;
    let code = question.code.iter().map(|code| format!("```console\n{}\n```\n\n", code.trim_end()));
    let answers: String = question.answers.iter().map(offer).collect();
    format!(
        "<div class=\"question\" id=\"{chapter}-quiz-{id}\" data-question=\"{id}\" data-several=\"{several}\">\n\n\
         **{number}. {}**\n\n{}{answers}</div>\n",
        text.trim(),
        code.collect::<String>()
    )
}

fn offer(answer: &Answer) -> String {
    let verdict = if answer.right { "Right." } else { "Wrong." };
    format!(
        "<details class=\"answer\" data-right=\"{}\"><summary>{}</summary>\n\n\
         <strong class=\"verdict\">{verdict}</strong> {}\n\n</details>\n",
        answer.right,
        inline(answer.text.trim()),
        answer.why.trim()
    )
}

/// A line of text as HTML: Markdown is not read inside of `<summary>`.
fn inline(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let parts = escaped.split('`').enumerate();
    parts.map(|(i, part)| if i % 2 == 0 { part.to_owned() } else { format!("<code>{part}</code>") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
        [[question]]
        id = "pid"
        text = "Which number?"
        [[question.answer]]
        text = "`1` & <2>"
        right = true
        why = "It is the first."
        [[question.answer]]
        text = "2"
        why = "It is not the second."
        [[question.answer]]
        text = "3"
        why = "Nor the third."
    "#;

    fn complaints(text: &str) -> String {
        let quiz: Quiz = toml::from_str(text).expect("the test's own TOML");
        quiz.questions.iter().flat_map(wrong_with_question).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn a_question_is_right_or_says_what_is_wrong() {
        assert_eq!(complaints(GOOD), "");
        let cases = [
            ("right = true", "", "0 right answers, and no `several = true`"),
            ("text = \"2\"", "text = \"2\"\nright = true", "2 right answers, and no `several = true`"),
            ("id = \"pid\"", "id = \"pid\"\nseveral = true", "`several = true`, and 1 right answers"),
            ("Nor the third.", " ", "the answer \"3\" has no why"),
            ("id = \"pid\"", "id = \"The PID\"", "an id is made of a-z, 0-9 and -"),
        ];
        for (from, to, complaint) in cases {
            assert_eq!(complaints(&GOOD.replace(from, to)), complaint);
        }
    }

    #[test]
    fn a_quiz_has_enough_questions_and_no_id_twice() {
        let quiz: Quiz = toml::from_str(&GOOD.repeat(2)).expect("the test's own TOML");
        let wrong = wrong(&quiz);
        assert_eq!(wrong[0], "2 questions; a chapter has at least 4");
        assert_eq!(wrong[1], "\"pid\": there is another question with this id");
    }

    #[test]
    fn two_answers_are_enough_for_yes_and_no_only() {
        let (two, _) = GOOD.rsplit_once("[[question.answer]]").expect("it has three");
        assert_eq!(complaints(two), "fewer than 3 answers");
        assert_eq!(complaints(&two.replace("id =", "two = true\nid =")), "");
    }

    #[test]
    fn an_answer_is_readable_without_any_script() {
        let quiz: Quiz = toml::from_str(GOOD).expect("the test's own TOML");
        let html = fragment("ch01", &quiz);
        assert!(html.contains("<summary><code>1</code> &amp; &lt;2&gt;</summary>"), "{html}");
        assert!(html.contains("<strong class=\"verdict\">Right.</strong> It is the first."), "{html}");
    }
}
