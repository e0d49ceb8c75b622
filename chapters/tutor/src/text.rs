//! Finding and replacing pieces of a source file that rustfmt has been over.

use std::ops::Range;

/// `text` with `body` as the body of the function `name`, indented as far as that is.
pub fn with_body(text: &str, name: &str, body: &str) -> Option<String> {
    let (range, indent) = body_of(text, name)?;
    let indented = |line: &str| if line.is_empty() { "\n".to_owned() } else { format!("{indent}{line}\n") };
    Some(with(text, range, &body.lines().map(indented).collect::<String>()))
}

/// The numbers of the lines between which the body of the function `name` stands in `text`.
pub fn lines_of_body(text: &str, name: &str) -> Option<Range<usize>> {
    let (range, _) = body_of(text, name)?;
    let line = |place: usize| text[..place].matches('\n').count() + 1;
    Some(line(range.start)..line(range.end))
}

/// Where the body of the function `name` is in `text`, and how far that function is indented.
fn body_of<'a>(text: &'a str, name: &str) -> Option<(Range<usize>, &'a str)> {
    let function = format!("fn {name}(");
    let line = text.lines().find(|line| line.contains(&function))?;
    let indent = &line[..line.len() - line.trim_start().len()];
    let start = find_after(text, &function, "{\n")?;
    // rustfmt puts the end of a function as far from the left as its beginning.
    let end = start + text[start..].find(&format!("\n{indent}}}\n"))? + 1;
    Some((start..end, indent))
}

/// `text` with `value` as the value of the constant `name`.
pub fn with_value(text: &str, name: &str, value: &str) -> Option<String> {
    let start = find_after(text, &format!("const {name}: "), "= ")?;
    let end = start + text[start..].find(";\n")?;
    Some(with(text, start..end, value))
}

/// `text` without the line whose code is `code`, if it has one.
pub fn without_line(text: &str, code: &str) -> Option<String> {
    let kept = text.lines().filter(|line| code_of(line) != code);
    let kept: String = kept.map(|line| format!("{line}\n")).collect();
    (kept.len() < text.len()).then_some(kept)
}

/// `text` with `more` after the line whose code is `code`, if it has one.
pub fn with_lines_after(text: &str, code: &str, more: &str) -> Option<String> {
    let line = text.lines().find(|line| code_of(line) == code)?;
    Some(text.replacen(&format!("{line}\n"), &format!("{line}\n{more}"), 1))
}

/// Whether a line of `text` has `code` in it, outside of a comment.
pub fn has_code(text: &str, code: &str) -> bool {
    text.lines().any(|line| code_of(line).contains(code))
}

/// A line without its comment and its indentation.
fn code_of(line: &str) -> &str {
    line.split("//").next().unwrap_or_default().trim()
}

fn with(text: &str, range: Range<usize>, replacement: &str) -> String {
    let mut text = text.to_owned();
    text.replace_range(range, replacement);
    text
}

/// The place just behind the first `then` that follows `first`.
fn find_after(text: &str, first: &str, then: &str) -> Option<usize> {
    let start = text.find(first)?;
    Some(start + text[start..].find(then)? + then.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNIT: &str = "pub const N: u8 = 1;\n\npub fn f(\n    a: u8,\n) -> u8 {\n    if a > 1 {\n        2\n    } else {\n        \
                        3\n    }\n}\n\nfn g() {\n}\n";

    #[test]
    fn a_body_and_a_value_are_replaced() {
        let text = with_body(UNIT, "f", "    7\n").unwrap();
        assert!(text.contains(") -> u8 {\n    7\n}\n\nfn g()"), "{text}");
        assert!(with_value(UNIT, "N", "9").unwrap().starts_with("pub const N: u8 = 9;\n"));
        assert_eq!(with_body(UNIT, "h", ""), None);
        assert_eq!(lines_of_body(UNIT, "f"), Some(6..11));
    }

    #[test]
    fn the_body_of_a_method_is_replaced_and_indented() {
        let unit =
            "impl A {\n    fn f(&self) {\n        a();\n    }\n\n    fn g(&self) {\n        b();\n    }\n}\n";
        let expected = unit.replace("        a();\n", "        c();\n\n        d();\n");
        assert_eq!(with_body(unit, "f", "    c();\n\n    d();\n").unwrap(), expected);
    }

    #[test]
    fn a_line_is_found_by_its_code() {
        let text = "a();\n    b()?; // why\nc();\n";
        assert_eq!(without_line(text, "b()?;").unwrap(), "a();\nc();\n");
        assert_eq!(without_line(text, "d();"), None);
        assert!(has_code(text, "b()") && !has_code(text, "why"));
        assert_eq!(with_lines_after(text, "a();", "x();\n").unwrap(), "a();\nx();\n    b()?; // why\nc();\n");
    }
}
