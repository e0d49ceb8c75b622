//! One row: a thing that the course needs, and what this machine answers.

use serde::Serialize;

/// What a row or a try says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It is here, or it worked.
    Yes,
    /// Some of it, or for some users only.
    Partly,
    /// It is not here, or it failed.
    No,
    /// Nobody has tried, so nothing is claimed.
    NotTried,
}

impl Answer {
    /// The word that is printed.
    pub fn word(self) -> &'static str {
        match self {
            Answer::Yes => "yes",
            Answer::Partly => "partly",
            Answer::No => "no",
            Answer::NotTried => "not tried",
        }
    }

    /// Yes when all of `answers` are, no when none is; those that were not tried do not count.
    pub fn over(answers: impl IntoIterator<Item = Answer>) -> Answer {
        let mut tried = answers.into_iter().filter(|answer| *answer != Answer::NotTried).peekable();
        let Some(first) = tried.peek().copied() else { return Answer::NotTried };
        if tried.all(|answer| answer == first) { first } else { Answer::Partly }
    }
}

/// The two kinds of people who take the course.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Uid 0.
    Root,
    /// Any other.
    Ordinary,
}

/// One row. This is also its shape in JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// A name that stays the same from version to version: `ns.uts`, `cgroup.memory`.
    pub id: &'static str,
    /// The heading above it.
    pub group: &'static str,
    /// What it is about, in a few words.
    pub about: &'static str,
    /// The answer, over all who tried.
    pub answer: Answer,
    /// The answer for root, where it matters who tries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root: Option<Answer>,
    /// The answer for an ordinary user, where it matters who tries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ordinary: Option<Answer>,
    /// What was tried or looked at, and what came of it. Never empty.
    pub looked_at: Vec<String>,
    /// What to do about it, when the answer is not yes.
    pub remedy: Option<String>,
}

impl Row {
    /// A row for which it does not matter who asks.
    pub fn new(id: &'static str, about: &'static str, answer: Answer) -> Row {
        Row { id, group: "", about, answer, root: None, ordinary: None, looked_at: Vec::new(), remedy: None }
    }

    /// The same row with one more thing that was looked at.
    #[must_use]
    pub fn looked_at(mut self, what: impl Into<String>) -> Row {
        self.looked_at.push(what.into());
        self
    }

    /// The same row with what to do about it; a row that says yes needs none.
    #[must_use]
    pub fn remedy(mut self, remedy: impl Into<String>) -> Row {
        if self.answer != Answer::Yes && self.remedy.is_none() {
            self.remedy = Some(remedy.into());
        }
        self
    }

    /// What the row says for one kind of user.
    pub fn answer_for(&self, kind: Kind) -> Answer {
        let own = match kind {
            Kind::Root => self.root,
            Kind::Ordinary => self.ordinary,
        };
        own.unwrap_or(self.answer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_tried_does_not_count() {
        use Answer::{No, NotTried, Partly, Yes};
        assert_eq!(Answer::over([Yes, NotTried]), Yes);
        assert_eq!(Answer::over([NotTried, No]), No);
        assert_eq!(Answer::over([Yes, No]), Partly);
        assert_eq!(Answer::over([NotTried, NotTried]), NotTried);
        assert_eq!(Answer::over([]), NotTried);
    }

    #[test]
    fn a_row_that_says_yes_has_no_remedy() {
        assert_eq!(Row::new("x", "", Answer::Yes).remedy("do this").remedy, None);
        let first = Row::new("x", "", Answer::No).remedy("do this").remedy("or that").remedy;
        assert_eq!(first.as_deref(), Some("do this"));
    }
}
