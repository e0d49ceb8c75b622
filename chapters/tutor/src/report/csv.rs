//! Comma-separated values: one line for each exercise.

use super::Graded;

/// The first line.
const HEADER: &str = "student,exercise,outcome,points,max,mistake\n";

/// CSV with a header, as RFC 4180 has it but with plain line ends. The texts of several students are put
/// together by leaving out the first line of all but one.
pub fn csv(student: &str, graded: &[Graded]) -> String {
    let mut text = HEADER.to_owned();
    for one in graded {
        let points = [one.points().to_string(), one.exercise.points.to_string()];
        let [points, most] = points.each_ref().map(String::as_str);
        text += &line(&[student, one.exercise.id, one.word(), points, most, &one.mistake()]);
    }
    text
}

/// One record.
pub(crate) fn line(fields: &[&str]) -> String {
    fields.iter().map(|text| field(text)).collect::<Vec<_>>().join(",") + "\n"
}

/// A field that a spreadsheet would read as a formula gets an apostrophe in front: names of folders and
/// what a student's program printed are not ours.
/// Source: owasp.org/www-community/attacks/CSV_Injection.
fn field(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_and_no_formula_is_left() {
        assert_eq!(
            line(&["a", "b,c", "say \"no\"", "two\nlines"]),
            "a,\"b,c\",\"say \"\"no\"\"\",\"two\nlines\"\n"
        );
        assert_eq!(line(&["=1+1", "", "-x"]), "'=1+1,,'-x\n");
    }
}
