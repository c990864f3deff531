//! Judges one value against one field, in the words of the Everit JSON Schema validator.
//!
//! The words for keys, types and Numbers are recorded from a real tenant; those for dates,
//! date-times and e-mail addresses are the validator's own. It knows no formats `phone`, `percent`
//! and `url` (its name for the last is `uri`), so any string passes for them.

use ingest_schema::{Field, Kind};

use crate::email::is_email;
use crate::moment::Moment;
use crate::options::{Blanks, Options};
use crate::record::Value;

const DATE: &str = "[yyyy-MM-dd]";
const DATE_TIME: &str = "[yyyy-MM-dd'T'HH:mm:ssZ, yyyy-MM-dd'T'HH:mm:ss.[0-9]{1,9}Z, \
    yyyy-MM-dd'T'HH:mm:ss[+-]HH:mm, yyyy-MM-dd'T'HH:mm:ss.[0-9]{1,9}[+-]HH:mm]";

/// What is wrong with the value, or nothing. A field with a role is never blank.
pub(crate) fn fault(
    field: &Field,
    has_role: bool,
    value: Value<'_>,
    options: &Options,
) -> Option<String> {
    let what = if value.is_null() {
        let accepted = !has_role && options.nulls == Blanks::Accept;
        (!accepted).then(|| mismatch(field.kind, value))
    } else if !fits(field.kind, value, options) {
        Some(mismatch(field.kind, value))
    } else if value.0 == "\"\"" {
        let accepted = !has_role && options.empty_strings == Blanks::Accept;
        (!accepted).then(|| empty(field.kind))
    } else {
        malformed(field.kind, value)
    };
    what.map(|what| format!("#/{}: {what}", field.name))
}

/// The Java class that the validator would find, as its messages name it.
pub(crate) fn found(value: Value<'_>) -> &'static str {
    match value.first() {
        b'"' => "String",
        b'{' => "JSONObject",
        b'[' => "JSONArray",
        b't' | b'f' => "Boolean",
        b'n' => "Null",
        _ if value.0.contains(['.', 'e', 'E']) => "BigDecimal",
        _ if value.0.parse::<i32>().is_ok() => "Integer",
        _ if value.0.parse::<i64>().is_ok() => "Long",
        _ => "BigInteger",
    }
}

fn expected(kind: Kind) -> &'static str {
    match kind {
        Kind::Number => "Number",
        Kind::Boolean => "Boolean",
        _ => "String",
    }
}

fn fits(kind: Kind, value: Value<'_>, options: &Options) -> bool {
    match kind {
        Kind::Number => value.is_number(),
        Kind::Boolean => matches!(value.first(), b't' | b'f'),
        Kind::Percent if options.percent_numbers && value.is_number() => true,
        _ => value.first() == b'"',
    }
}

fn mismatch(kind: Kind, value: Value<'_>) -> String {
    format!("expected type: {}, found: {}", expected(kind), found(value))
}

fn empty(kind: Kind) -> String {
    malformed(kind, Value("\"\"")).unwrap_or_else(|| "expected minLength: 1, actual: 0".to_owned())
}

/// What the validator's format of this kind says about the text.
fn malformed(kind: Kind, value: Value<'_>) -> Option<String> {
    if !matches!(kind, Kind::Date | Kind::DateTime | Kind::Email) {
        return None;
    }
    let text = value.as_text()?;
    match kind {
        Kind::Date if Moment::of_date(&text).is_none() => {
            Some(format!("[{text}] is not a valid date. Expected {DATE}"))
        }
        Kind::DateTime if Moment::of_date_time(&text).is_none() => Some(format!(
            "[{text}] is not a valid date-time. Expected {DATE_TIME}"
        )),
        Kind::Email if !is_email(&text) => Some(format!("[{text}] is not a valid email address")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_as_the_class_that_holds_them() {
        for (text, class) in [
            ("1", "Integer"),
            ("-2147483648", "Integer"),
            ("2147483648", "Long"),
            ("9223372036854775808", "BigInteger"),
            ("1.0", "BigDecimal"),
            ("1e9", "BigDecimal"),
        ] {
            assert_eq!(found(Value(text)), class, "{text}");
        }
    }
}
