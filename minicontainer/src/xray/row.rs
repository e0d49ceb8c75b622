//! One row: a thing that was asked, and what /proc answers.

use serde::Serialize;
use serde_json::Value;

use super::look::{DENIED, Seen, printable};

/// How a row begins that another user could read.
pub const UNREADABLE: &str = "not readable as this user";

/// One row. This is also its shape in JSON.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// A name that stays the same from version to version: `ns.uts`, `limit.memory`.
    pub id: &'static str,
    /// The heading above it.
    pub group: &'static str,
    /// What it is about, in a word or two.
    pub about: &'static str,
    /// The answer in words; where nothing could be read, that, and why.
    pub says: String,
    /// The answer for programs. `null` where nothing could be read, or nothing is there.
    pub value: Value,
    /// Whether it could be read at all.
    pub readable: bool,
}

impl Row {
    /// A row whose answer is known.
    pub fn new(id: &'static str, about: &'static str, says: impl AsRef<str>, value: impl Into<Value>) -> Row {
        let says = printable(says.as_ref());
        Row { id, group: "", about, says, value: value.into(), readable: true }
    }

    /// A row about what may be seen, or not: a cause is shown, and nothing is guessed.
    pub fn seen<T>(
        id: &'static str,
        about: &'static str,
        seen: &Seen<T>,
        tell: impl FnOnce(&T) -> (String, Value),
    ) -> Row {
        match seen {
            Ok(it) => {
                let (says, value) = tell(it);
                Row::new(id, about, says, value)
            }
            Err(cause) => {
                let start = if cause == DENIED { UNREADABLE } else { "not known" };
                let says = format!("{start} ({cause})");
                Row { readable: false, ..Row::new(id, about, says, Value::Null) }
            }
        }
    }

    /// Whether another user could read what this one may not.
    pub fn is_denied(&self) -> bool {
        self.says.starts_with(UNREADABLE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_denied_helps_to_ask_as_somebody_else() {
        let row = |cause: &str| Row::seen("x", "x", &Err::<(), _>(cause.to_owned()), |()| unreachable!());
        assert!(row(DENIED).is_denied() && !row("there is none").is_denied());
        assert_eq!(row("there is none").says, "not known (there is none)");
        assert!(!row(DENIED).readable && row(DENIED).value.is_null());
    }
}
