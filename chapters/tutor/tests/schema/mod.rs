//! Just enough of JSON Schema, of an XML schema and of CSV to check our own reports.

use roxmltree::Node;
use serde_json::Value;

/// Where `value` is not what `schema` allows.
///
/// # Panics
///
/// On a keyword of JSON Schema that is not understood: nothing is passed over.
pub fn json_faults(schema: &Value, value: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    check(schema, value, "", &mut faults);
    faults
}

fn check(schema: &Value, value: &Value, place: &str, faults: &mut Vec<String>) {
    for (keyword, wanted) in schema.as_object().expect("a schema is an object") {
        let fine = match keyword.as_str() {
            "$schema" | "title" | "additionalProperties" => true,
            "type" => has_type(value, wanted.as_str().unwrap()),
            "enum" => wanted.as_array().unwrap().contains(value),
            "minimum" => value.as_f64() >= wanted.as_f64(),
            "required" => {
                wanted.as_array().unwrap().iter().all(|name| value.get(name.as_str().unwrap()).is_some())
            }
            "properties" => {
                check_properties(schema, wanted, value, place, faults);
                true
            }
            "items" => {
                for (number, item) in value.as_array().into_iter().flatten().enumerate() {
                    check(wanted, item, &format!("{place}[{number}]"), faults);
                }
                true
            }
            other => panic!("this check does not understand {other:?}"),
        };
        if !fine {
            faults.push(format!("{place}: {keyword} {wanted}, but it is {value}"));
        }
    }
}

fn check_properties(
    schema: &Value,
    properties: &Value,
    value: &Value,
    place: &str,
    faults: &mut Vec<String>,
) {
    for (name, inner) in value.as_object().into_iter().flatten() {
        match properties.get(name) {
            Some(property) => check(property, inner, &format!("{place}.{name}"), faults),
            None if schema["additionalProperties"] == false => {
                faults.push(format!("{place}.{name} is not documented"));
            }
            None => {}
        }
    }
}

fn has_type(value: &Value, name: &str) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_u64() || value.is_i64(),
        other => panic!("this check does not understand type {other:?}"),
    }
}

/// Where `element` and what is in it is not what `schema` allows.
pub fn xml_faults(schema: &Value, element: Node<'_, '_>) -> Vec<String> {
    let name = element.tag_name().name();
    let Some(rule) = schema.get(name) else { return vec![format!("<{name}> is not documented")] };
    let words =
        |key: &str| -> Vec<&str> { rule[key].as_array().unwrap().iter().filter_map(Value::as_str).collect() };
    let (must, may, contains) = (words("must"), words("may"), words("contains"));
    let mut faults: Vec<String> = must
        .iter()
        .filter(|attribute| !element.has_attribute(**attribute))
        .map(|attribute| format!("<{name}> lacks {attribute}"))
        .collect();
    let unknown = |attribute: &str| !must.contains(&attribute) && !may.contains(&attribute);
    faults
        .extend(element.attributes().filter(|a| unknown(a.name())).map(|a| format!("<{name} {}>", a.name())));
    for child in element.children() {
        if child.is_element() {
            if !contains.contains(&child.tag_name().name()) {
                faults.push(format!("<{}> in <{name}>", child.tag_name().name()));
            }
            faults.extend(xml_faults(schema, child));
        } else if rule["text"] == false && child.text().is_some_and(|text| !text.trim().is_empty()) {
            faults.push(format!("text in <{name}>"));
        }
    }
    faults
}

/// The records of a CSV text: RFC 4180.
pub fn records(text: &str) -> Vec<Vec<String>> {
    let (mut records, mut record, mut field) = (Vec::new(), Vec::new(), String::new());
    let (mut quoted, mut letters) = (false, text.chars().peekable());
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => field.extend(letters.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => record.push(std::mem::take(&mut field)),
            '\n' if !quoted => {
                record.push(std::mem::take(&mut field));
                records.push(std::mem::take(&mut record));
            }
            _ => field.push(letter),
        }
    }
    records
}
